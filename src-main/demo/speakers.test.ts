import { describe, expect, it } from 'vitest'
import { demoParts } from '@contract/demo-speech'
import { createPrng } from '../base/prng'
import { espeakArguments, randomSpeaker, speakerName, variantsOf, voices } from './speakers'

describe('variantsOf', () => {
  it('gives every person to one part', () => {
    const all = demoParts.flatMap((part) => variantsOf(part))
    expect(new Set(all).size).toBe(all.length)
  })

  it('gives training about 70 % of the persons and evaluation about 20 %', () => {
    const total = demoParts.reduce((sum, part) => sum + variantsOf(part).length, 0)
    expect(variantsOf('training').length / total).toBeGreaterThan(0.6)
    expect(variantsOf('evaluation').length / total).toBeGreaterThan(0.15)
  })

  it('keeps names that differ by a number together', () => {
    const partOf = new Map<string, string>()
    for (const part of demoParts) {
      for (const variant of variantsOf(part)) {
        // f1, m1 and their like are independent voices.
        if (/^[fm]\d$/.test(variant)) continue
        const stem = variant.replace(/\d+$/, '')
        expect(partOf.get(stem) ?? part, variant).toBe(part)
        partOf.set(stem, part)
      }
    }
  })

  it('leaves whispers and robots out', () => {
    const all = demoParts.flatMap((part) => variantsOf(part))
    expect(all.filter((variant) => /whisper|robo|Demonic|announcer|RicishayMax/i.test(variant))).toEqual([])
  })
})

describe('randomSpeaker', () => {
  it('draws every accent and person of the part, at a pitch and speed in range', () => {
    const prng = createPrng(5)
    const speakers = Array.from({ length: 2000 }, () => randomSpeaker('development', prng))
    expect(new Set(speakers.map(({ voice }) => voice))).toEqual(new Set(voices))
    expect(new Set(speakers.map(({ variant }) => variant))).toEqual(new Set(variantsOf('development')))
    const range = (values: number[]) => [Math.min(...values), Math.max(...values)]
    expect(range(speakers.map(({ pitch }) => pitch))).toEqual([30, 70])
    expect(range(speakers.map(({ wordsPerMinute }) => wordsPerMinute))).toEqual([140, 230])
  })
})

describe('espeakArguments', () => {
  it('names voice, variant, pitch and speed, and the text last', () => {
    const speaker = { voice: 'en-gb', variant: 'f3', pitch: 40, wordsPerMinute: 200 }
    expect(espeakArguments(speaker, 'turn left')).toEqual([
      '-v',
      'en-gb+f3',
      '-p',
      '40',
      '-s',
      '200',
      '--stdout',
      'turn left'
    ])
    expect(speakerName(speaker)).toBe('f3/en-gb')
  })
})
