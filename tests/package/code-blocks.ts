/** The code blocks of the docs, as files. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { root } from './run.ts'

const languages = new Set(['ts', 'tsx', 'vue', 'svelte'])

export interface CodeBlock {
  readonly language: string
  /** What its first line says, as `// src/db.ts` or `<!-- TodoItem.vue -->`, or else made of the page and its place. */
  readonly file: string
  readonly code: string
}

/** The blocks of a page that some framework or TypeScript compiles. */
export function codeBlocks(page: string): CodeBlock[] {
  const text = readFileSync(`${root}/${page}`, 'utf8')
  const blocks: CodeBlock[] = []
  for (const [, language = '', code = ''] of text.matchAll(/^```(\w+)[^\n]*\n(.*?)^```$/gms)) {
    if (!languages.has(language)) continue
    const named = /^(?:\/\/|<!--) ((?:[\w-]+\/)*[\w+-]+(?:\.[\w-]+)?\.\w+)/.exec(code)?.[1]
    const file = named ?? `${page.replaceAll(/\W/g, '-')}-${blocks.length + 1}.${language}`
    blocks.push({ language, file, code })
  }
  return blocks
}

/** The commands of a page, one a line. */
export function shellLines(page: string): string[] {
  const text = readFileSync(`${root}/${page}`, 'utf8')
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code = '']) => code)
  return blocks.flatMap((code) => code.trim().split('\n'))
}

/** Writes files into a folder, which holds nothing else then. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  rmSync(folder, { recursive: true, force: true })
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(`${folder}/${file}`), { recursive: true })
    writeFileSync(`${folder}/${file}`, content)
  }
}
