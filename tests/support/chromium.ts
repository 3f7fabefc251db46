/** Which browser runs, and with which flags: no calls home, and the machine of a container. */
export const chromiumArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The test command sets the variable to the browser that it has found. */
export function chromiumPath(): string {
  return process.env.ROWSIGNAL_CHROMIUM ?? '/usr/bin/chromium'
}
