/**
 * Files of the in-process engine that outlive its databases. SQLite writes them synchronously, so a copy taken at any
 * moment is what a process that is killed in that moment leaves on its disk, journals included.
 */
import { MemoryVFS } from '@journeyapps/wa-sqlite/src/examples/MemoryVFS.js'

interface StoredFile {
  readonly data: ArrayBuffer
}

/** The files of one database: itself and its journal. */
export interface StoredFiles {
  readonly filename: string
  readonly byPath: Map<string, StoredFile>
}

const kept = new Map<string, StoredFiles>()

/** Has the next database that is opened as `files.filename` find these files, and keep its own there. */
export function keepFiles(files: StoredFiles): void {
  kept.set(files.filename, files)
}

export function newFiles(): StoredFiles {
  return { filename: `${crypto.randomUUID()}.db`, byPath: new Map() }
}

export function copyFiles({ filename, byPath }: StoredFiles): StoredFiles {
  const copies = [...byPath].map(
    ([path, file]) => [path, { ...file, data: file.data.slice(0) }] as const,
  )
  return { filename, byPath: new Map(copies) }
}

// The types of the package leave out how it is made.
const engine = MemoryVFS as unknown as {
  create(filename: string, module: object): Promise<{ mapNameToFile: StoredFiles['byPath'] }>
}
const create = engine.create.bind(engine)

engine.create = async (filename, module) => {
  const files = await create(filename, module)
  files.mapNameToFile = kept.get(filename)?.byPath ?? files.mapNameToFile
  return files
}
