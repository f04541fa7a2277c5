/** Hostile text: manifests, configurations, vocabularies, recipes and plans are read or refused with one coded error. */
import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import { effort } from './effort'
import { attempt, limitsFor } from './fuzz/attempt'
import { corpusOf } from './fuzz/corpus'
import { fuzz } from './fuzz/fuzz'
import { hostileText, textKinds } from './fuzz/text-cases'

const cases = effort({ short: 2500, full: 60_000 })

/** Of the objects that everything inherits from: a key of a file must not have become one of theirs. */
const prototypeKeys = () =>
  [Object.prototype, Array.prototype].map((prototype) => Reflect.ownKeys(prototype).length)

describe('the fuzzer', () => {
  it.each(textKinds)('starts from a file that is read: $name', async ({ text, read }) => {
    const unreadable = await Promise.resolve(text)
      .then(read)
      .then(
        () => undefined,
        (error: unknown) => error
      )
    // Later kinds of evidence may be missing; the file itself must not be what is wrong.
    expect(unreadable).toBeUndefined()
  })
})

describe('texts that once failed', () => {
  it.each(corpusOf('text'))('$name', async ({ name, bytes }) => {
    const kind = textKinds.find((candidate) => name.startsWith(candidate.name.replaceAll('/', '-')))
    if (kind === undefined) throw new WorkbenchError('internal', `No reader for '${name}'.`)
    const result = await attempt(
      () => kind.read(new TextDecoder().decode(bytes)),
      limitsFor(bytes.byteLength)
    )
    expect(result.failure).toBeUndefined()
  })
})

describe('hostile text', () => {
  it(`each ends in success or in one coded error, and changes no prototype: ${cases} of them`, async () => {
    const before = prototypeKeys()
    const failures = await fuzz({
      name: 'fuzz: text',
      cases,
      make: hostileText,
      // A cell of a table is one character and becomes an object.
      growthPerMegabyte: 150,
      run: ({ kind, text }) => kind.read(text)
    })
    expect(failures).toEqual([])
    expect(prototypeKeys()).toEqual(before)
  })
})
