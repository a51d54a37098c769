/** Options of every command that reads files of others. */
export const readingOptions = {
  profile: { type: 'string', multiple: true },
  'env-file': { type: 'string', multiple: true },
} as const

export const readingHelp = {
  '--profile NAME': 'turn a Compose profile on (may stand several times)',
  '--env-file FILE': 'values for ${NAME} in the files, instead of the .env beside the first',
} as const
