import type { Framework } from '../app/session.ts'

export const frameworkNames: Record<Framework, string> = {
  vue: 'Vue',
  solid: 'Solid',
  svelte: 'Svelte',
}
export const frameworks = Object.keys(frameworkNames) as Framework[]
