declare module 'virtual:shown-code' {
  interface ShownFile {
    readonly title: string
    /** Its path in the playgrounds. */
    readonly file: string
    /** Highlighted, for light and dark. */
    readonly html: string
  }
  /** The style sheet of all of them. */
  export const codeStyles: string
  export const shownCode: Record<'vue' | 'solid' | 'svelte', readonly ShownFile[]>
}
