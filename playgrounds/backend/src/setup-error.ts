/** What whoever starts the backend can put right: the commands print its message and nothing else. */
export class SetupError extends Error {
  override readonly name = 'SetupError'
}

/** Ends a command that cannot go on. */
export function endCommand(error: unknown): never {
  console.error(error instanceof SetupError ? error.message : error)
  process.exit(1)
}
