/** What TypeScript says to a user of the library: the text of a hover, the first line of an error. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const config = process.env.TANSTACK_DB === '0.9' ? 'tsconfig.db-0.9.json' : 'tsconfig.json'
const file = path('../types/type-text.ts') // not on disk

export interface TypeText {
  /** The hover over the first place where `name` is declared, without line breaks. */
  readonly hover: (name: string) => string
  /** The first line of each error, in order. */
  readonly errors: readonly string[]
}

/** Checks `code` as a file of an app would be, on the version of @tanstack/db that the tests run on. */
export function typeText(code: string): TypeText {
  const json = ts.readConfigFile(path(`../types/${config}`), (name) => ts.sys.readFile(name))
  const { options } = ts.parseJsonConfigFileContent(json.config, ts.sys, path('../types'))
  const host: ts.LanguageServiceHost = {
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCompilationSettings: () => ({ ...options, noEmit: true }),
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      if (name === file) return ts.ScriptSnapshot.fromString(code)
      return ts.sys.fileExists(name)
        ? ts.ScriptSnapshot.fromString(readFileSync(name, 'utf8'))
        : undefined
    },
    getCurrentDirectory: () => path('../types'),
    getDefaultLibFileName: (libraries) => ts.getDefaultLibFilePath(libraries),
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    realpath: (name) => (name === file ? name : (ts.sys.realpath?.(name) ?? name)),
  }
  const service = ts.createLanguageService(host)
  return {
    hover(name) {
      const at = new RegExp(`\\b${name}\\b`).exec(code)
      if (at === null) throw new Error(`${name} is not in the code`)
      const info = service.getQuickInfoAtPosition(file, at.index)
      return ts.displayPartsToString(info?.displayParts).replaceAll(/\s+/g, ' ')
    },
    errors: service
      .getSemanticDiagnostics(file)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n').split('\n')[0]!),
  }
}
