import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import {
  collect,
  parseBytes,
  parseFraction,
  parsePort,
  parsePositiveInteger,
  parseShare,
  parseWholeNumber
} from './parse-options'

const parsers = { parseBytes, parseFraction, parseShare, parsePositiveInteger, parseWholeNumber, parsePort }

const accepted: Readonly<Record<keyof typeof parsers, readonly (readonly [string, number])[]>> = {
  parseBytes: [
    ['800MB', 8e8],
    ['2.5GB', 2.5e9],
    ['1 GiB', 2 ** 30],
    ['1MiB', 2 ** 20]
  ],
  parseFraction: [
    ['0.5', 0.5],
    ['1', 1],
    ['1e-3', 0.001],
    ['50%', 0.5],
    ['12.5%', 0.125],
    ['100%', 1],
    ['50 %', 0.5]
  ],
  parseShare: [
    ['0', 0],
    ['1e-8', 1e-8],
    ['1', 1]
  ],
  parsePositiveInteger: [
    ['1', 1],
    ['32', 32],
    ['1e3', 1000]
  ],
  parseWholeNumber: [
    ['0', 0],
    ['17', 17]
  ],
  parsePort: [
    ['0', 0],
    ['4173', 4173],
    ['65535', 65535]
  ]
}

const refused: Readonly<Record<keyof typeof parsers, readonly string[]>> = {
  parseBytes: ['', ' ', '0MB', '2', '2gb', '2TB', '-1GB', '1e3MB', 'GB', 'NaNGB'],
  parseFraction: ['', ' ', '%', '0', '0%', '-0.5', '1.01', '101%', '50', 'half', '0,5', 'NaN', 'Infinity'],
  parseShare: ['', ' ', '-0.1', '1.1', '50%', 'NaN', 'x'],
  parsePositiveInteger: ['', ' ', '0', '-1', '1.5', 'two', '1e99', 'Infinity'],
  parseWholeNumber: ['', ' ', '-1', '0.5', 'x', '1e99', 'NaN'],
  parsePort: ['', ' ', '-1', '80.5', '65536', 'http', 'NaN']
}

const names = Object.keys(parsers) as (keyof typeof parsers)[]

describe.each(names)('%s', (name) => {
  const parse = parsers[name]

  it.each(accepted[name])('understands %j as %d', (text, value) => {
    expect(parse(text)).toBe(value)
  })

  it.each(refused[name])('refuses %j and says what was expected', (text) => {
    expect(() => parse(text)).toThrow(InvalidArgumentError)
    expect(() => parse(text)).toThrow(/^Expected a .+\.$/)
  })
})

describe('collect', () => {
  it('adds to what was given before, which it leaves alone', () => {
    const before = ['a']
    expect(collect('b', before)).toEqual(['a', 'b'])
    expect(before).toEqual(['a'])
  })
})
