/**
 * Where the members of a JSON text stand: the line of each place, or the line at which the text stops being JSON. What
 * the text means is the business of `JSON.parse`; this only walks along it.
 */

export type JsonLines =
  /** Line of each member by its place, such as `grids.0.methods`; the whole text is the empty place. */
  | { readonly isJson: true; readonly lines: ReadonlyMap<string, number> }
  | { readonly isJson: false; readonly line: number }

/** Lines count from 1. */
export function jsonLines(text: string): JsonLines {
  const walk = new JsonWalk(text)
  return walk.wholeText() ? { isJson: true, lines: walk.lines } : { isJson: false, line: walk.lineHere() }
}

/** The line of a place; of the nearest member around it where the place itself is missing. */
export function lineOfPlace(lines: ReadonlyMap<string, number>, place: string): number {
  for (let around = place; around !== ''; around = around.slice(0, Math.max(0, around.lastIndexOf('.')))) {
    const line = lines.get(around)
    if (line !== undefined) return line
  }
  return 1
}

const space = /[ \t\r\n]*/y
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

class JsonWalk {
  readonly lines = new Map<string, number>()
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  wholeText(): boolean {
    if (!this.#value('')) return false
    this.#take(space)
    return this.#at === this.#text.length
  }

  lineHere(): number {
    let line = 1
    for (let at = this.#text.indexOf('\n'); at !== -1 && at < this.#at; at = this.#text.indexOf('\n', at + 1))
      line++
    return line
  }

  /** Takes one value and notes where it and its members begin; false leaves the walk where the text goes wrong. */
  #value(place: string): boolean {
    this.#take(space)
    if (!this.lines.has(place)) this.lines.set(place, this.lineHere())
    const first = this.#text[this.#at]
    if (first === '{') return this.#members('}', () => this.#member(place))
    if (first === '[') {
      let index = 0
      return this.#members(']', () => this.#value(joined(place, String(index++))))
    }
    return this.#take(first === '"' ? string : scalar) !== undefined
  }

  #member(place: string): boolean {
    this.#take(space)
    const line = this.lineHere()
    const quoted = this.#take(string)
    if (quoted === undefined) return false
    const inside = joined(place, JSON.parse(quoted) as string)
    this.lines.set(inside, line)
    this.#take(space)
    return this.#character(':') && this.#value(inside)
  }

  #members(end: string, takeOne: () => boolean): boolean {
    this.#at++
    this.#take(space)
    if (this.#character(end)) return true
    for (;;) {
      if (!takeOne()) return false
      this.#take(space)
      if (this.#character(end)) return true
      if (!this.#character(',')) return false
    }
  }

  #character(wanted: string): boolean {
    if (this.#text[this.#at] !== wanted) return false
    this.#at++
    return true
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const taken = pattern.exec(this.#text)?.[0]
    if (taken === undefined) return undefined
    this.#at += taken.length
    return taken
  }
}

function joined(place: string, name: string): string {
  return place === '' ? name : `${place}.${name}`
}
