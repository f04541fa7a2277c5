import { describe, expect, it } from 'vitest'
import { memoryDataFolder } from '../../../tests/helpers/memory-data-folder'
import { formatOpenAsrResults, openAsrLayout, parseOpenAsrResults } from './open-asr-results'

// As json.dumps(datum, ensure_ascii=False) of the leaderboard's write_manifest prints it.
const file =
  '{"audio_filepath": "sample_0", "duration": 4.5, "time": 0.25, "text": "nächster halt", "pred_text": "nächste halt"}\n' +
  '{"audio_filepath": "sample_1", "duration": null, "time": null, "text": "", "pred_text": "uh"}\n'

const results = [
  {
    audioPath: 'sample_0',
    durationSeconds: 4.5,
    processingSeconds: 0.25,
    text: 'nächster halt',
    predictedText: 'nächste halt'
  },
  { audioPath: 'sample_1', text: '', predictedText: 'uh' }
]

describe('Open ASR results', () => {
  it('are read as the leaderboard writes them', () => {
    expect(parseOpenAsrResults(`\uFEFF${file}\n`, 'r.jsonl')).toEqual(results)
  })

  it('are written so that both sides read them', () => {
    const written = formatOpenAsrResults(results)
    expect(written.split('\n').map((line) => (line === '' ? '' : (JSON.parse(line) as unknown)))).toEqual(
      file.split('\n').map((line) => (line === '' ? '' : (JSON.parse(line) as unknown)))
    )
    expect(parseOpenAsrResults(written, 'r.jsonl')).toEqual(results)
  })

  it.each([
    [
      'no prediction',
      '{"audio_filepath":"a","text":"x"}',
      "Line 1 of r.jsonl has no 'pred_text', expected a string."
    ],
    [
      'a negative time',
      '{"audio_filepath":"a","text":"x","pred_text":"x","time":-1}',
      /'time' = -1, expected seconds/
    ]
  ])('are refused with %s', (_, line, message) => {
    expect(() => parseOpenAsrResults(line, 'r.jsonl')).toThrow(message)
  })

  it('are not written with a number that JSON does not have', () => {
    const broken = [{ audioPath: 'a', durationSeconds: NaN, text: '', predictedText: '' }]
    expect(() => formatOpenAsrResults(broken)).toThrow(/The result for 'a' holds NaN/)
  })

  it('are a data set of the recordings that are there', async () => {
    const folder = memoryDataFolder({ 'r.jsonl': file, sample_0: '' })
    expect(await openAsrLayout.parse({ folder, file: 'r.jsonl' }, {})).toEqual({
      utterances: [{ id: 'sample_0', audioPath: 'sample_0', durationSeconds: 4.5, text: 'nächster halt' }],
      excluded: [{ id: 'sample_1', reason: 'its audio file sample_1 is missing' }]
    })
  })
})
