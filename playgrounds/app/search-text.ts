/** Letters that Unicode does not take apart into a base letter and an accent. */
const plainLetters: Record<string, string> = {
  æ: 'ae',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ø: 'o',
  œ: 'oe',
  ß: 'ss',
  ŧ: 't',
  þ: 'th',
}

/**
 * A name as people type it into a search: lower case, without accents. The backend makes `places.search` by it, the
 * planners what they look for.
 */
export function toSearch(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[æđðħıłøœßŧþ]/g, (letter) => plainLetters[letter] ?? letter)
}

/** The first text behind all that begin with this one. */
export function afterPrefix(prefix: string): string {
  const end = prefix.length - 1
  return prefix.slice(0, end) + String.fromCharCode(prefix.charCodeAt(end) + 1)
}
