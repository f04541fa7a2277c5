import { expect, it } from 'vitest'
import { training } from '../../text/en/training'
import { errorWords } from './error-words'

it('calls the errors of a classifier wrong labels, and those of any other model word errors', () => {
  const named = (loss?: Parameters<typeof errorWords>[1]['loss']) => errorWords(training, { loss }).errorRate
  expect(named({ kind: 'cross-entropy', labelSmoothing: 0 })).toBe('Label error rate')
  expect(named({ kind: 'ctc' })).toBe('Word error rate')
  expect(named()).toBe('Word error rate')
})
