export { startBackend } from './server.ts'
export { readCities } from './seed.ts'
export type { Backend, BackendOptions } from './server.ts'
export type { Place } from './seed.ts'
