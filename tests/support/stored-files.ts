/**
 * Files of the in-process engine that outlive its databases. SQLite writes them synchronously, so a copy taken at any
 * moment is what a process that is killed in that moment leaves on its disk, journals included.
 */
import { MemoryVFS } from '@journeyapps/wa-sqlite/src/examples/MemoryVFS.js'

interface StoredFile {
  readonly data: ArrayBuffer
}

export type StoredFiles = Map<string, StoredFile>

const kept = new Map<string, StoredFiles>()

/** The files of the database `filename`, from now on kept here. */
export function keepFiles(filename: string, files: StoredFiles = new Map()): StoredFiles {
  kept.set(filename, files)
  return files
}

export function copyFiles(files: StoredFiles): StoredFiles {
  return new Map([...files].map(([name, file]) => [name, { ...file, data: file.data.slice(0) }]))
}

// The types of the package leave out how it is made.
const engine = MemoryVFS as unknown as {
  create(filename: string, module: object): Promise<{ mapNameToFile: StoredFiles }>
}
const create = engine.create.bind(engine)

engine.create = async (filename, module) => {
  const files = await create(filename, module)
  files.mapNameToFile = kept.get(filename) ?? files.mapNameToFile
  return files
}
