declare module '@journeyapps/wa-sqlite/src/examples/MemoryVFS.js' {
  export interface StoredFile {
    pathname: string
    flags: number
    size: number
    data: ArrayBuffer
  }

  export class MemoryVFS {
    static create(filename: string, module: object): Promise<MemoryVFS>
    mapNameToFile: Map<string, StoredFile>
  }
}
