/** The files of `playgrounds/backend` that a PowerSync Service is started with. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse, type ScalarTag } from 'yaml'

export const serviceFolder = fileURLToPath(new URL('../../playgrounds/backend', import.meta.url))

export interface ServiceConfig {
  readonly replication: { readonly connections: readonly { readonly uri: string }[] }
  readonly storage: { readonly uri: string }
  readonly port: number
  readonly sync_config: { readonly path: string }
  readonly client_auth: { readonly jwks_uri: string; readonly audience: string[] }
}

export interface ComposeConfig {
  readonly services: Readonly<Record<'postgres' | 'powersync', ComposeService>>
}

export interface ComposeService {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
}

/** The service's own way to take a value from the environment; here the name of the variable is the value. */
const env: ScalarTag = { tag: '!env', resolve: (name) => name }

export async function serviceConfig(): Promise<ServiceConfig> {
  return parse(await readServiceFile('powersync.yaml'), { customTags: [env] }) as ServiceConfig
}

export async function composeConfig(): Promise<ComposeConfig> {
  return parse(await readServiceFile('compose.yaml')) as ComposeConfig
}

export function readServiceFile(name: string): Promise<string> {
  return readFile(`${serviceFolder}/${name}`, 'utf8')
}
