import { describe, expect, it } from 'vitest'
import { baselineTrial, completedTrial, int8Trial } from '../../tests/helpers/trial-reports'
import { tradeOffSection, tradeOffSvg } from './trade-off-section'

const trials = [baselineTrial, int8Trial, completedTrial('a'), completedTrial('b', { sizeBytes: 9e6 })]

describe('tradeOffSvg', () => {
  const svg = tradeOffSvg(trials, 'size')

  it('is one drawing with colours of its own and a key', () => {
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/)
    expect(svg.trimEnd().endsWith('</svg>')).toBe(true)
    expect(svg).not.toContain('var(')
    expect(svg).toContain('>whitened-svd, float32</text>')
    expect(svg).toContain('Size of the model (MB)')
  })
})

describe('tradeOffSection', () => {
  it('takes its colours from the style sheet', () => {
    expect(tradeOffSection(trials).markup).toContain('var(--whitened-svd)')
  })

  it('leaves out a cost that was not measured', () => {
    const uncounted = trials.map((trial) => ({ ...trial, macsPerAudioSecond: null }))
    expect(tradeOffSection(uncounted).markup.match(/<figure>/g)).toHaveLength(3)
  })
})
