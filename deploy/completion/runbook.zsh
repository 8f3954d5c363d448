#compdef runbook
# Completion of "runbook" for zsh: runbook completion zsh > /usr/local/share/zsh/site-functions/_runbook
# What is typed is handed over as it stands, a word each: nothing of it is ever run.
_runbook() {
  local -a values shown
  local value text
  while IFS=$'\t' read -r value text; do
    values+=("$value")
    shown+=("$value${text:+  -- $text}")
  done < <("$words[1]" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( $#values )); then
    compadd -l -d shown -- $values
  else
    _files
  fi
}
if [[ $funcstack[1] == _runbook ]]; then
  _runbook "$@"
else
  compdef _runbook runbook
fi
