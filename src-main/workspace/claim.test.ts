import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { claimTraining, claimTrial, claimWorkbench } from './claim'

const folder = useTemporaryFolder()

describe('a claim', () => {
  it('of the queue is refused to a second, until it is given back', () => {
    const release = claimWorkbench(folder())
    expect(() => claimWorkbench(folder())).toThrow(
      expect.objectContaining({
        code: 'conflict',
        message: `The workspace '${folder()}' is open in another Lathe window or server: use that one, or choose another folder.`
      })
    )
    release()
    release()
    claimWorkbench(folder())()
  })

  it('of a trial is undefined for a second, and has nothing to do with the queue or another workspace', () => {
    const release = claimTrial(folder())
    expect(claimTrial(folder())).toBeUndefined()
    claimWorkbench(folder())()
    const other = join(folder(), 'other')
    mkdirSync(other)
    claimTrial(other)?.()
    release?.()
    claimTrial(folder())?.()
  })

  it('of a training is undefined for a second, and has nothing to do with another training', () => {
    const release = claimTraining(folder())
    expect(claimTraining(folder())).toBeUndefined()
    const other = join(folder(), 'other')
    mkdirSync(other)
    claimTraining(other)?.()
    release?.()
    expect(claimTraining(folder())).toBeDefined()
  })

  it('that cannot be made is no claim of somebody else', () => {
    expect(() => claimWorkbench(join(folder(), 'absent'))).toThrow(
      expect.objectContaining({
        code: 'io',
        message: expect.stringContaining('it cannot be opened') as string
      })
    )
  })
})
