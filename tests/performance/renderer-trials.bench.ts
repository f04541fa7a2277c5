/**
 * Measures how soon the workbench answers with 10 000 synthetic trials: from the event of the hand (button let go, key
 * typed) until the frame that shows the answer is drawn. Medians of several runs in Chromium. Not part of `npm test`;
 * needs a built page and a Chromium.
 *
 * Run: npx electron-vite build && npx rolldown tests/performance/renderer-trials.bench.ts --platform node \
 *   --tsconfig tsconfig.base.json --external playwright-core -d out/bench && npx node out/bench/renderer-trials.bench.js
 *
 * LATHE_RENDERER: folder of the built page, out/renderer without it. LATHE_CHROMIUM: the browser, /usr/bin/chromium
 * without it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import type { StudyReport, TrialReport } from '../../src-preload/contract/trial'
import { baselineTrial, completedTrial, int8Trial } from '../helpers/trial-reports'

const trialCount = 10_000
const runs = 5
/** What a hand still feels as at once. */
const limitMilliseconds = 100

const folder = resolve(process.env['LATHE_RENDERER'] ?? 'out/renderer')
const executablePath = process.env['LATHE_CHROMIUM'] ?? '/usr/bin/chromium'

const methods = ['weight-svd', 'asvd', 'whitened-svd', 'output-pca'] as const
const policies = ['uniform', 'energy', 'water-filling', 'effective-rank'] as const
const precisions = ['float32', 'int8'] as const

/** Deterministic numbers in 0..1, so that two runs measure the same work. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function syntheticTrial(index: number, next: () => number): TrialReport {
  const kept = 0.05 + 0.9 * next()
  const error = Math.min(1, 0.04 + (1 - kept) ** 3 * (0.2 + next()))
  return completedTrial(`tier ${index}`, {
    trialId: index.toString(16).padStart(64, '0'),
    method: methods[index % 4]!,
    rankPolicy: policies[(index >> 2) % 4]!,
    precision: precisions[(index >> 4) % 2]!,
    targetRetainedFraction: kept,
    retainedParameterFraction: kept,
    parameterCount: Math.round(8e6 * kept),
    sizeBytes: Math.round(32e6 * kept),
    macsPerAudioSecond: 800e6 * kept,
    wordErrorRate: error,
    wordErrorRateInterval: { lower: error * 0.8, upper: error * 1.2 },
    versusBaseline: { difference: error - 0.04, lower: error * 0.8 - 0.04, upper: error * 1.2 - 0.04 },
    latencyMilliseconds: { p50: 80 * (kept + 0.2 * next()), p95: 160, mean: 90, firstRun: 200 },
    realTimeFactor: 0.04 * (kept + 0.2 * next()),
    peakResidentBytes: Math.round(150e6 + 100e6 * next()),
    dominatedByInt8: next() < 0.5
  })
}

function syntheticStudy(): StudyReport {
  const next = random(1)
  const tiers = Array.from({ length: trialCount - 2 }, (_, index) => syntheticTrial(index, next))
  return {
    study: {
      studyId: 'f'.repeat(64),
      name: `${trialCount} synthetic trials`,
      modelHash: 'a'.repeat(64),
      calibrationHash: 'b'.repeat(64),
      evaluationHash: 'c'.repeat(64),
      developmentHash: null,
      selectedOn: 'evaluation'
    },
    trials: [baselineTrial, int8Trial, ...tiers]
  }
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml'
}

/** Serves the built page to this machine. */
async function serve(): Promise<{ address: string; close: () => void }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    try {
      const file = join(folder, path === '/' ? 'index.html' : path)
      response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream')
      response.end(readFileSync(file))
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return { address: `http://127.0.0.1:${port}/`, close: () => server.close() }
}

/** Milliseconds from the first event of a kind until the frame after it is drawn, while `act` makes the event. */
async function answerTime(page: Page, event: string, act: () => Promise<void>): Promise<number> {
  // The task after the next frame comes when that frame was drawn; the one before may hold nothing yet.
  await page.evaluate(`void (window.measured = new Promise((done) => {
    window.addEventListener(
      ${JSON.stringify(event)},
      () => {
        const start = performance.now()
        requestAnimationFrame(() =>
          requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)))
        )
      },
      { capture: true, once: true }
    )
  }))`)
  await act()
  return page.evaluate<number>('window.measured')
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

/** Drags inside an element, from and to shares of its width and height. */
async function drag(
  page: Page,
  selector: string,
  from: [number, number],
  to: [number, number]
): Promise<void> {
  const box = await page.locator(selector).first().boundingBox()
  if (box === null) throw new Error(`Nothing on the page is '${selector}'.`)
  const place = ([x, y]: [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const
  await page.mouse.move(...place(from))
  await page.mouse.down()
  await page.mouse.move(...place([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]))
  await page.mouse.move(...place(to))
  await page.mouse.up()
}

async function main(): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), 'lathe-bench-'))
  const file = join(temporary, 'results.json')
  writeFileSync(file, JSON.stringify(syntheticStudy()))
  const server = await serve()
  const browser = await chromium.launch({ executablePath })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 2400 } })
    await page.goto(server.address)
    const start = performance.now()
    await page.locator('input[type=file]').first().setInputFiles(file)
    await page.locator('.place canvas').first().waitFor()
    await page.locator('.parallel canvas').first().waitFor()
    console.log(`open ${trialCount} trials: ${(performance.now() - start).toFixed(0)} ms, once`)
    await page.waitForTimeout(2000)

    const count = () => page.locator('.tools .count').innerText()
    const clear = () => page.locator('.tools .clear').click()
    const gestures: Record<
      string,
      { event: string; act: (run: number) => Promise<void>; after?: () => Promise<void> }
    > = {
      'brush on the chart': {
        event: 'pointerup',
        act: (run) => drag(page, '.trade-off .place', [0.2 + run / 50, 0.3], [0.6, 0.8]),
        after: clear
      },
      'clear the brush': {
        event: 'click',
        act: async () => {
          await clear()
        }
      },
      search: {
        event: 'input',
        act: async (run) => {
          await page.locator('.tools input[type=search]').fill(`tier ${run + 1}`)
        },
        after: clear
      },
      'budget slider': {
        event: 'input',
        act: async () => {
          await page.locator('.budget input[type=range]').first().focus()
          await page.keyboard.press('ArrowLeft')
        }
      },
      'sort the table': {
        event: 'click',
        act: async () => {
          await page.locator('th.wer button').click()
        }
      },
      'range on an axis': {
        event: 'pointerup',
        act: (run) => drag(page, '.parallel canvas', [0.0396, 0.3 + run / 100], [0.0396, 0.6]),
        after: clear
      }
    }
    let slowest = 0
    for (const [name, { event, act, after }] of Object.entries(gestures)) {
      const times: number[] = []
      let answer = ''
      for (let run = 0; run < runs; run++) {
        if (name === 'clear the brush') await drag(page, '.trade-off .place', [0.2, 0.3], [0.6, 0.8])
        await page.waitForTimeout(300)
        times.push(await answerTime(page, event, () => act(run)))
        answer = await count()
        await page.waitForTimeout(200)
        await after?.()
      }
      slowest = Math.max(slowest, median(times))
      console.log(
        `${name}: median ${median(times).toFixed(0)} ms, worst ${Math.max(...times).toFixed(0)} ms (${answer})`
      )
    }
    if (slowest > limitMilliseconds) {
      console.log(`The slowest median is above ${limitMilliseconds} ms.`)
      process.exitCode = 1
    }
  } finally {
    await browser.close()
    server.close()
    rmSync(temporary, { recursive: true })
  }
}

await main()
