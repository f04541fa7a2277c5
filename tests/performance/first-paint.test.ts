/**
 * How soon the built page shows something, and how much JavaScript it loads before its first chart, in a real browser over
 * the web host. Prints what it measures: `npx vitest run --project e2e tests/performance/first-paint.test.ts`.
 */
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { describeInBrowser, useWorkbench, viewLink, viewNames, waitForView } from '../e2e/workbench-page'

const budget = { firstPaintMilliseconds: 1000, compressedBytes: 400_000 }
/** Each in a fresh profile, with nothing cached. */
const loads = 5

describeInBrowser('the built page', () => {
  const ground = useWorkbench()

  it(`paints for the first time within ${budget.firstPaintMilliseconds} ms`, async () => {
    const paints: number[] = []
    const uses: number[] = []
    for (let load = 0; load < loads; load++) {
      const page = await ground().openPage()
      await page.getByTitle(/^Workspace /).waitFor()
      await waitForView(page, 'Library')
      const { paint, ready } = await page.evaluate<{ paint: number; ready: number }>(
        `({ paint: performance.getEntriesByName('first-contentful-paint')[0].startTime, ready: performance.now() })`
      )
      paints.push(paint)
      uses.push(ready)
      await page.context().close()
    }
    const median = medianOf(paints)
    console.log(
      `first contentful paint: median ${median.toFixed(0)} ms of ${paints.map(Math.round).join(', ')}`
    )
    console.log(`library shown and quiet: median ${medianOf(uses).toFixed(0)} ms`)
    expect(median).toBeLessThan(budget.firstPaintMilliseconds)
  })

  it(`loads at most ${budget.compressedBytes / 1000} kB of compressed JavaScript before its first chart`, async () => {
    const scripts = new Map<string, number>()
    const page = await ground().openPage({
      prepare: async (prepared) => {
        prepared.on('response', (response) => {
          if (response.headers()['content-type']?.startsWith('text/javascript') !== true) return
          void response
            .body()
            .then((body) => scripts.set(new URL(response.url()).pathname, gzipSync(body).byteLength))
        })
      }
    })
    await page.getByTitle(/^Workspace /).waitFor()
    const total = () => [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0)
    const grown: string[] = []
    for (const view of viewNames) {
      await viewLink(page, view).click()
      await waitForView(page, view)
      grown.push(`${view} ${(total() / 1000).toFixed(0)}`)
      if (view === 'Library') {
        expect(total()).toBeLessThan(budget.compressedBytes)
        expect(total(), 'scripts were seen').toBeGreaterThan(20_000)
      }
    }
    console.log(`kB of JavaScript, compressed, after opening each view in turn: ${grown.join(', ')}`)
  })
})

function medianOf(values: readonly number[]): number {
  return values.toSorted((x, y) => x - y)[values.length >> 1]!
}
