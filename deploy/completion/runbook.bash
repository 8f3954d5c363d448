# Completion of "runbook" for bash: runbook completion bash > /etc/bash_completion.d/runbook
# What is typed is handed over as it stands, a word each: nothing of it is ever run.
_runbook() {
  local value
  COMPREPLY=()
  while IFS=$'\t' read -r value _; do
    COMPREPLY+=("$value")
  done < <("$1" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _runbook runbook
