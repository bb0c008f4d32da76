/** What a shell sources: a few lines that ask `bridle complete` at each Tab. Without an answer they complete file names. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# bridle completion for bash; add to ~/.bashrc:  source <(bridle completion bash)
_bridle() {
  local IFS=$'\\n' current=\${COMP_WORDS[COMP_CWORD]} words
  # bash takes "=" and ":" for the ends of words: what belongs together is read from the line itself.
  read -r -d '' -a words < <(printf '%s' "\${COMP_LINE:0:COMP_POINT}" | tr -s ' ' '\\n'; printf '\\0')
  [[ "\${COMP_LINE:0:COMP_POINT}" == *' ' ]] && words+=('')
  COMPREPLY=($(bridle complete bash -- "\${words[@]:1}" 2>/dev/null))
  local typed=\${words[\${#words[@]}-1]}
  local kept=\${typed%"$current"}
  [[ "$current" == '=' ]] && kept=$typed
  COMPREPLY=("\${COMPREPLY[@]#"$kept"}")
  [[ \${#COMPREPLY[@]} == 1 && "\${COMPREPLY[0]}" == *= ]] && compopt -o nospace
}
complete -o default -F _bridle bridle
`,
  zsh: `#compdef bridle
# bridle completion for zsh; add to ~/.zshrc:  source <(bridle completion zsh)
_bridle() {
  local -a candidates
  local line
  for line in "\${(@f)$(bridle complete zsh -- "\${(@)words[2,$CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && candidates+=("$line")
  done
  if (( \${#candidates} )); then
    _describe -V bridle candidates -S ''
  else
    _files
  fi
}
compdef _bridle bridle
`,
  fish: `# bridle completion for fish; save as ~/.config/fish/completions/bridle.fish
function __bridle_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found (bridle complete fish -- $words[2..-1] 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c bridle -f -a '(__bridle_complete)'
`,
};
