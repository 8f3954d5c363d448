# Completion of "runbook" for fish: runbook completion fish > /etc/fish/completions/runbook.fish
# What is typed is handed over as it stands, a word each: nothing of it is ever run.
function __runbook_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    set -l found (command $typed[1] __complete -- $typed[2..-1] "$current" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c runbook -f -a '(__runbook_complete)'
