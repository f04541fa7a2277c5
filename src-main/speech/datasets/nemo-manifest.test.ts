import { describe, expect, it } from 'vitest'
import { parseNemoManifest } from './nemo-manifest'
import { utteranceAudio } from './utterance'

const line = (fields: Record<string, unknown> = {}) =>
  JSON.stringify({ audio_filepath: 'dev/a.flac', duration: 1.5, text: 'go left', ...fields })

describe('parseNemoManifest', () => {
  it('reads utterances in order, skipping blank lines, BOM and carriage returns', () => {
    const text = `\uFEFF${line({ speaker: 's1', lang: 'en' })}\r\n\n  \n${line({ audio_filepath: 'b.wav', text: '' })}`
    expect(parseNemoManifest(text, 'dev.jsonl')).toEqual([
      { id: 'dev/a.flac', audioPath: 'dev/a.flac', durationSeconds: 1.5, text: 'go left', speaker: 's1' },
      { id: 'b.wav', audioPath: 'b.wav', durationSeconds: 1.5, text: '' }
    ])
  })

  it('tells segments of one recording apart by their offset', () => {
    const text = [line({ offset: 0 }), line({ offset: 2.25 }), line({ offset: null })].join('\n')
    const utterances = parseNemoManifest(text, 'dev.jsonl')
    expect(utterances.map(({ id }) => id)).toEqual(['dev/a.flac#0', 'dev/a.flac#2.25', 'dev/a.flac'])
    expect(utterances.map(({ offsetSeconds }) => offsetSeconds)).toEqual([0, 2.25, undefined])
  })

  it.each([
    ['broken JSON', '{"text":', /^Line 2 of dev\.jsonl is not JSON, expected an object: .*\.$/],
    ['a list', '[1]', 'Line 2 of dev.jsonl holds [1], expected a JSON object.'],
    [
      'no path',
      line({ audio_filepath: undefined }),
      "Line 2 of dev.jsonl has no 'audio_filepath', expected a string."
    ],
    ['an empty path', line({ audio_filepath: ' ' }), /has 'audio_filepath' = " ", expected a path\.$/],
    ['a path that is a number', line({ audio_filepath: 3 }), /'audio_filepath' = 3, expected a string/],
    ['no text', line({ text: undefined }), "Line 2 of dev.jsonl has no 'text', expected a string."],
    ['text that is a number', line({ text: 7 }), "Line 2 of dev.jsonl has 'text' = 7, expected a string."],
    [
      'no duration',
      line({ duration: undefined }),
      "Line 2 of dev.jsonl has no 'duration', expected a number."
    ],
    ['a duration in quotes', line({ duration: '1.5' }), /'duration' = "1.5", expected a finite number/],
    ['a duration of zero', line({ duration: 0 }), /'duration' = 0, expected seconds above 0/],
    ['an infinite duration', '{"audio_filepath":"c","text":"","duration":1e999}', /expected a finite number/],
    ['a negative offset', line({ offset: -1 }), /'offset' = -1, expected seconds from 0/],
    ['a transcript in a file', line({ text_filepath: 'a.txt' }), /has 'text_filepath', which is not read/],
    [
      'an utterance twice',
      line(),
      "Line 2 of dev.jsonl repeats the utterance 'dev/a.flac' of line 1; remove one of them."
    ]
  ])('refuses %s, naming the line', (_, second, message) => {
    const parse = () => parseNemoManifest(`${line()}\n${second}\n`, 'dev.jsonl')
    expect(parse).toThrow(message)
    expect(parse).toThrow(expect.objectContaining({ code: 'invalid-input' }) as Error)
  })

  it.each(['', '\n \n'])('refuses a manifest without utterances', (text) => {
    expect(() => parseNemoManifest(text, 'dev.jsonl')).toThrow(
      'dev.jsonl holds no utterances, expected one per line.'
    )
  })
})

describe('utteranceAudio', () => {
  const recording = {
    samples: Float32Array.from({ length: 40 }, (_, i) => i),
    sampleRateHz: 10,
    channelCount: 1,
    durationSeconds: 4
  }
  const utterance = { id: 'a', audioPath: 'a', durationSeconds: 1, text: '' }

  it('is the whole recording without an offset, whatever the duration says', () => {
    expect(utteranceAudio(recording, utterance)).toBe(recording)
  })

  it('is the segment when there is an offset, even one of zero', () => {
    expect(utteranceAudio(recording, { ...utterance, offsetSeconds: 0 }).samples).toHaveLength(10)
    expect(utteranceAudio(recording, { ...utterance, offsetSeconds: 3 }).samples[0]).toBe(30)
  })
})
