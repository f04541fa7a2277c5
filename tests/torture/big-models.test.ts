/**
 * Models that are larger than the memory they may take: what is held at a time is a layer, not the model.
 *
 * Memory is what the engine's process held at most, beyond what the same command takes on a model of next to nothing: the
 * program and ONNX Runtime themselves. Time is processor time, because the machine may be busy with other things.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasProcessFiles } from '../helpers/child-processes'
import { useTemporaryFolder } from '../helpers/temporary-folder'
import { bigModelParameters, writeBigModel, type BigModelShape } from './big-model'
import { effort, isFullTorture, recordFigure } from './effort'
import { measuredRun, type MeasuredRun } from './measured-run'

const folder = useTemporaryFolder()
const megabyte = 1e6

const lowRank = ['--method', 'weight-svd', '--retain', '50%'] as const

/** Runs `inspect`, or `compress` with those options into folders that are removed again. */
async function run(model: string, options: readonly string[] | 'inspect'): Promise<MeasuredRun> {
  const [output, workspace] = [join(folder(), 'output'), join(folder(), 'workspace')]
  const result = await measuredRun(
    options === 'inspect'
      ? ['inspect', model]
      : ['compress', model, ...options, '--output', output, '--workspace', workspace]
  )
  for (const path of [output, workspace]) rmSync(path, { recursive: true, force: true })
  expect(result, result.stderr).toMatchObject({ code: 0 })
  return result
}

/** What an engine may take: 1.5 times the largest matrix, a group of its own when nobody shares it, and 500 MB. */
function memoryBound({ width }: Pick<BigModelShape, 'width'>): number {
  return 1.5 * 16 * width ** 2 + 500 * megabyte
}

function describeShape(shape: BigModelShape): string {
  return `${(bigModelParameters(shape) / 1e6).toFixed(0)} M parameters`
}

describe.skipIf(!hasProcessFiles)('a model larger than its memory (skipped where there is no /proc)', () => {
  it('is looked at and put into other formats in a fraction of its size', async () => {
    const shape = { blocks: 16, width: 512 }
    const [model, nothing] = [shape, { blocks: 1, width: 32 }].map((each) =>
      writeBigModel(join(folder(), `width-${each.width}`), each)
    )
    const modelBytes = 4 * bigModelParameters(shape)
    // As a share of the model, which held as a whole it would be all of to look at it, and a quarter more to rewrite it.
    // Some 60 MB may be what V8 has not collected yet.
    for (const { options, share } of [
      { options: 'inspect', share: 0.25 },
      { options: ['--precision', 'int8'], share: 0.9 }
    ] as const) {
      const [large, small] = [await run(model!, options), await run(nothing!, options)]
      const grown = large.peakBytes - small.peakBytes
      const name = options === 'inspect' ? 'inspect' : options.join(' ')
      recordFigure(
        `big models: MB held by ${name} of a ${(modelBytes / megabyte).toFixed(0)} MB model`,
        grown / megabyte
      )
      expect(grown, name).toBeLessThan(share * modelBytes)
    }
  })

  it.skipIf(!isFullTorture).each([
    { shape: { blocks: 60, width: 1024 }, including: '*' },
    { shape: { blocks: 120, width: 1024 }, including: '*.attn.*' }
  ])(
    'of $shape.blocks blocks is inspected, compressed and saved within 1.5 groups and 500 MB (full torture only)',
    async ({ shape, including }) => {
      const model = writeBigModel(join(folder(), 'big'), shape)
      for (const options of [
        'inspect',
        ['--precision', 'int8'],
        [...lowRank, '--include', including]
      ] as const) {
        const { peakBytes, processorSeconds } = await run(model, options)
        const name = options === 'inspect' ? 'inspect' : options.join(' ')
        recordFigure(
          `big models: ${describeShape(shape)}, ${name}: peak MB of the engine`,
          peakBytes / megabyte
        )
        recordFigure(`big models: ${describeShape(shape)}, ${name}: processor seconds`, processorSeconds)
        expect(peakBytes, name).toBeLessThan(memoryBound(shape))
      }
    }
  )

  it.skipIf(!isFullTorture)(
    'of 4,608 small layers is put into int8 within the same bound (full torture only)',
    async () => {
      const shape = { blocks: 768, width: 256 }
      const { peakBytes, processorSeconds } = await run(writeBigModel(join(folder(), 'deep'), shape), [
        '--precision',
        'int8'
      ])
      recordFigure(`big models: ${describeShape(shape)} in small layers, int8: peak MB`, peakBytes / megabyte)
      recordFigure(
        `big models: ${describeShape(shape)} in small layers, int8: processor seconds`,
        processorSeconds
      )
      expect(peakBytes).toBeLessThan(0.9 * memoryBound(shape))
    }
  )

  it('takes time that grows with its parameters, and memory that does not', async () => {
    const nothing = await run(writeBigModel(join(folder(), 'nothing'), { blocks: 1, width: 32 }), lowRank)
    const perParameter: number[] = []
    const peaks: number[] = []
    const width = effort({ short: 128, full: 256 })
    // In full 2.4, 9.4, 38 and 151 million parameters; of few features, because decomposing takes their cube.
    for (const blocks of isFullTorture ? [3, 12, 48, 192] : [4, 16]) {
      const shape = { blocks, width }
      const model = writeBigModel(join(folder(), `blocks-${blocks}`), shape)
      const { processorSeconds, peakBytes } = await run(model, lowRank)
      rmSync(model, { recursive: true })
      recordFigure(
        `big models: ${describeShape(shape)}, ${lowRank.join(' ')}: processor seconds`,
        processorSeconds
      )
      recordFigure(
        `big models: ${describeShape(shape)}, ${lowRank.join(' ')}: peak MB of the engine`,
        peakBytes / megabyte
      )
      perParameter.push((processorSeconds - nothing.processorSeconds) / bigModelParameters(shape))
      peaks.push(peakBytes)
    }
    // Four times the parameters in four times the time; code that is compiled on the way makes the small ones dearer.
    expect(perParameter.at(-1)! / perParameter[0]!).toBeLessThan(1.5)
    expect(Math.max(...peaks)).toBeLessThan(memoryBound({ width }))
  })
})
