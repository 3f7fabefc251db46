// A browser without locks has no such property; happy-dom 21 has it, and it is null. Tests of server builds have no page.
if ('window' in globalThis) {
  Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true })
}
