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

/** A name as the server made `places.search` of it: lower case, without accents. */
export function toSearch(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[æđðħıłøœßŧþ]/g, (letter) => plainLetters[letter] ?? letter)
}
