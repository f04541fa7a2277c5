/**
 * The whole product against figures that were computed without it: Python and PyTorch, on a real model and recorded
 * speech. The sharpest test there is, since an error in any room moves one of these numbers.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Measurement, StudyReport, TrialReport } from '@contract/trial'
import { runCli } from '../helpers/run-cli'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import { writeRecipe } from '../helpers/tiny-study'

const real = fileURLToPath(new URL('../../../shared/real/', import.meta.url))
const model = join(real, 'whisper-tiny-ctc')
const calibration = join(real, 'commands', 'dev.jsonl')
const evaluation = join(real, 'commands', 'eval.jsonl')
const reference = join(real, 'reference.json')
const isAbsent = ![model, calibration, evaluation, reference].every((path) => existsSync(path))

/** One line of the reference: an independent implementation's error rate, and how far another may be off. */
interface ReferencePoint {
  readonly method: string
  readonly retainedParameterFraction: number
  readonly wordErrorRatePercent: number
  readonly margin: number
}

/** A minute on two quiet cores; several on a busy machine. */
const runTimeoutMilliseconds = 300_000

describe.skipIf(isAbsent)(
  `whisper-tiny-ctc on recorded speech${isAbsent ? ' (skipped: ../shared/real is absent)' : ''}`,
  () => {
    const folder = useSharedTemporaryFolder()
    let trials: readonly TrialReport[]
    let points: readonly ReferencePoint[]
    let referenceWords: number

    beforeAll(async () => {
      const known = JSON.parse(readFileSync(reference, 'utf8')) as {
        points: ReferencePoint[]
        referenceWords: number
      }
      ;({ points, referenceWords } = known)
      const recipe = join(folder(), 'recipe.json')
      writeRecipe(recipe, {
        recipeVersion: 1,
        name: 'reference points',
        model,
        calibrationSet: calibration,
        evaluationSet: evaluation,
        grids: [
          { methods: ['weight-svd'], retainedFractions: [0.65] },
          { methods: ['whitened-svd', 'output-pca'], retainedFractions: [0.5] }
        ],
        evaluation: { threads: 2 }
      })
      const workspace = join(folder(), 'workspace')
      const ended = await runCli(['study', 'run', recipe, '--workspace', workspace, '--json'])
      expect(ended, ended.stderr).toMatchObject({ code: 0 })
      ;({ trials } = JSON.parse(ended.stdout) as StudyReport)
    }, runTimeoutMilliseconds)

    function measured(name: string) {
      const trial = trials.find((each) => each.name === name)
      if (trial?.wordErrorRate === undefined || trial.retainedParameterFraction === undefined) {
        throw new Error(`The trial '${name}' was not measured.`)
      }
      const { method, wordErrorRate, retainedParameterFraction, wordErrors } = trial
      return { method, percent: wordErrorRate * 100, retainedParameterFraction, wordErrors }
    }

    it.each(['baseline', 'weight-svd 65%', 'whitened-svd 50%', 'output-pca 50%'])(
      '%s is where the reference has it',
      (name) => {
        const { method, percent, retainedParameterFraction } = measured(name)
        const [point, ...others] = points.filter(
          (each) =>
            each.method === method &&
            Math.abs(each.retainedParameterFraction - retainedParameterFraction) <= 1e-3
        )
        expect(others).toEqual([])
        expect(point, `kept ${retainedParameterFraction}`).toBeDefined()
        expect(Math.abs(percent - (point?.wordErrorRatePercent ?? NaN))).toBeLessThanOrEqual(
          point?.margin ?? 0
        )
      }
    )

    it('the original makes 51 errors in 1227 words', () => {
      const { wordErrors } = measured('baseline')
      expect(wordErrors?.referenceWords).toBe(referenceWords)
      const { substitutions = NaN, deletions = NaN, insertions = NaN } = wordErrors ?? {}
      // One word may tip over with another processor's kernels.
      expect(Math.abs(substitutions + deletions + insertions - 51)).toBeLessThanOrEqual(1)
    })

    it('int8 is within half a percent of the original', () => {
      expect(Math.abs(measured('int8').percent - measured('baseline').percent)).toBeLessThanOrEqual(0.5)
    })
  }
)

const classifier = join(real, 'kwt1')
const clips = join(real, 'speech-commands')
const classifierIsAbsent = ![classifier, clips].every((path) => existsSync(path))

describe.skipIf(classifierIsAbsent)(
  `kwt1 on single words${classifierIsAbsent ? ' (skipped: ../shared/real is absent)' : ''}`,
  () => {
    it(
      'labels 1098 of 1124 clips right, from a folder per class',
      async () => {
        const ended = await runCli(['evaluate', classifier, '--data', clips, '--threads', '2', '--json'])
        expect(ended, ended.stderr).toMatchObject({ code: 0 })
        const { correct, accuracy, utterances } = JSON.parse(ended.stdout) as Measurement
        expect({ correct, utterances }).toEqual({ correct: 1098, utterances: 1124 })
        expect(accuracy).toBeCloseTo(0.9769, 4)
      },
      runTimeoutMilliseconds
    )
  }
)
