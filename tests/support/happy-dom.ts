// A browser without locks has no such property; happy-dom 21 has it, and it is null.
Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true })
