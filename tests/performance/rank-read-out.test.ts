/**
 * How soon the read-out of a layer follows its rank slider in the built page, on a pretrained model: from the key until the
 * frame that shows size and error of the new rank is drawn. Prints what it measures:
 * `npx electron-vite build && npx vitest run --project performance tests/performance/rank-read-out.test.ts`.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeInBrowser, goToPlace, realFolder, useWorkbench } from '../e2e/workbench-page'

const model = join(realFolder, 'whisper-tiny-ctc')
const goalMilliseconds = 50
const moves = 41
/** Decomposing every matrix of the model on a loaded machine. */
const patience = 110_000

/** Milliseconds from the next key until the task after the next frame but one, and the rank that the read-out shows then. */
const nextAnswer = `window.answer = new Promise((done) => {
  window.addEventListener('keydown', () => {
    const start = performance.now()
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done({
      milliseconds: performance.now() - start,
      heading: document.querySelector('[aria-live=polite] th:nth-child(3)').textContent.trim()
    }))))
  }, { capture: true, once: true })
}); undefined`

describeInBrowser('the rank slider', () => {
  const ground = useWorkbench()

  it.skipIf(!existsSync(model))(
    `shows what a rank costs within ${goalMilliseconds} ms (needs ../shared/real)`,
    async () => {
      const page = await ground().openPage()
      await page.getByTitle(/^Workspace /).waitFor()
      await goToPlace(page, `#/inspect?${new URLSearchParams({ model }).toString()}`)
      const layers = page.getByRole('grid', { name: 'Linear layers' })
      await layers.getByRole('row', { name: /fc1/ }).first().click({ timeout: patience })
      const slider = page
        .getByRole('region', { name: 'Chosen layer' })
        .getByRole('slider', { name: 'Rank', exact: true })
      await slider.waitFor({ timeout: patience })
      await slider.press('ArrowLeft')
      const times: number[] = []
      for (let move = 0; move < moves; move++) {
        const rank = Number(await slider.inputValue())
        await page.evaluate(nextAnswer)
        await slider.press('ArrowLeft')
        const answer = await page.evaluate<{ milliseconds: number; heading: string }>('window.answer')
        expect(answer.heading).toBe(`Rank ${rank - 1}`)
        times.push(answer.milliseconds)
      }
      const sorted = times.toSorted((one, other) => one - other)
      const median = sorted[moves >> 1]!
      console.log(
        `rank read-out: median ${median.toFixed(0)} ms of ${moves}, slowest ${sorted.at(-1)!.toFixed(0)} ms`
      )
      expect(median).toBeLessThan(goalMilliseconds)
    },
    patience
  )
})
