import { choice } from '../options.js'

/** What `openledger completion` is; apart from what it does, which is made from every command and so from this one. */
export const completionSpec = {
  noun: 'completion',
  summary: 'Write the script that lets a shell complete commands, options and files',
  details:
    'bash: eval "$(openledger completion bash)" in ~/.bashrc. zsh: eval "$(openledger completion zsh)" in ~/.zshrc, after compinit. fish: openledger completion fish > ~/.config/fish/completions/openledger.fish.',
  arguments: { shell: choice(['bash', 'zsh', 'fish'], { required: true, help: 'The shell: bash, zsh or fish' }) },
  options: {},
  examples: [
    ['completion bash', 'The script for bash'],
    ['completion fish', 'The script for fish'],
  ],
  config: false,
} as const
