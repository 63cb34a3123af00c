import { choice } from '../options.js'

/** The declaration of `openledger completion`, apart from its code, which reads every declaration including this one. */
export const completionSpec = {
  noun: 'completion',
  summary: 'Write the script that lets a shell complete commands, options and files',
  details:
    'For bash, put eval "$(openledger completion bash)" into ~/.bashrc. For zsh, put eval "$(openledger completion zsh)" into ~/.zshrc, after compinit. For fish, run openledger completion fish > ~/.config/fish/completions/openledger.fish.',
  arguments: { shell: choice(['bash', 'zsh', 'fish'], { required: true, help: 'The shell: bash, zsh or fish' }) },
  options: {},
  examples: [
    ['completion bash', 'Write the script for bash'],
    ['completion fish', 'Write the script for fish'],
  ],
  config: false,
} as const
