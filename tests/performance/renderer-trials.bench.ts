/**
 * Measures how soon the workbench answers with 10 000 synthetic trials: from the event of the hand (button let go, key
 * typed) until the frame that shows the answer is drawn, and how much processor time the page's main thread takes for
 * the whole gesture until then, which other work of the machine changes less. Medians of several runs in Chromium. Not
 * part of `npm test`; needs a built page and a Chromium.
 *
 * Run: npx electron-vite build && npx rolldown tests/performance/renderer-trials.bench.ts --platform node \
 *   --tsconfig tsconfig.base.json --external playwright-core -d out/bench && npx node out/bench/renderer-trials.bench.js
 *
 * LATHE_RENDERER: folder of the built page, out/renderer without it. LATHE_RENDERER_BEFORE: folder of another build to
 * compare it with, each gesture by turns on both. LATHE_CHROMIUM: the browser, /usr/bin/chromium without it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core'
import type { StudyReport, TrialReport } from '../../src-preload/contract/trial'
import { baselineTrial, completedTrial, int8Trial } from '../helpers/trial-reports'

const trialCount = 10_000
const runs = 5
/** What a hand still feels as at once. */
const limitMilliseconds = 100

const folder = resolve(process.env['LATHE_RENDERER'] ?? 'out/renderer')
const folderBefore = process.env['LATHE_RENDERER_BEFORE']
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
async function serve(folder: string): Promise<{ address: string; close: () => void }> {
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

/** What one answer took, in milliseconds. */
interface Answer {
  /** From the first event of the kind until the frame after it is drawn. */
  readonly wall: number
  /** Processor time of the page's main thread, with what the hand did before the event. */
  readonly processor: number
}

/** What an answer took to an event of a kind, while `act` makes the event. */
async function answerOf({ page, session }: Bench, event: string, act: () => Promise<void>): Promise<Answer> {
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
  const before = await processorTime(session)
  await act()
  const wall = await page.evaluate<number>('window.measured')
  return { wall, processor: (await processorTime(session)) - before }
}

async function processorTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return 1000 * (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN)
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

/** A page that shows the trials. */
interface Bench {
  readonly name: string
  readonly page: Page
  readonly session: CDPSession
}

interface Gesture {
  readonly event: string
  readonly before?: () => Promise<void>
  readonly act: () => Promise<void>
  readonly after?: () => Promise<void>
}

async function open(browser: Browser, name: string, address: string, file: string): Promise<Bench> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 2400 } })
  await page.goto(address)
  const start = performance.now()
  await page.locator('input[type=file]').first().setInputFiles(file)
  await page.locator('.place canvas').first().waitFor()
  await page.locator('.parallel canvas').first().waitFor()
  console.log(`${name}: open ${trialCount} trials: ${(performance.now() - start).toFixed(0)} ms, once`)
  await page.waitForTimeout(2000)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  return { name, page, session }
}

/** What the hand does on a page in one run, by name. */
function gestures(page: Page, run: number): Readonly<Record<string, Gesture>> {
  const clear = () => page.locator('.tools .clear').click()
  return {
    'brush on the chart': {
      event: 'pointerup',
      act: () => drag(page, '.trade-off .place', [0.2 + run / 50, 0.3], [0.6, 0.8]),
      after: clear
    },
    'clear the brush': {
      event: 'click',
      before: () => drag(page, '.trade-off .place', [0.2, 0.3], [0.6, 0.8]),
      act: clear
    },
    search: {
      event: 'input',
      act: () => page.locator('.tools input[type=search]').fill(`tier ${run + 1}`),
      after: clear
    },
    'budget slider': {
      event: 'input',
      before: () => page.locator('.budget input[type=range]').first().focus(),
      act: () => page.keyboard.press('ArrowLeft')
    },
    'sort the table': { event: 'click', act: () => page.locator('th.wer button').click() },
    'range on an axis': {
      event: 'pointerup',
      act: () => drag(page, '.parallel .place', [0.0396, 0.3 + run / 100], [0.0396, 0.6]),
      after: clear
    }
  }
}

/** Makes a gesture once and waits until the page is at rest again. */
async function measure(bench: Bench, gesture: Gesture): Promise<Answer> {
  await gesture.before?.()
  await bench.page.waitForTimeout(400)
  const answer = await answerOf(bench, gesture.event, gesture.act)
  await bench.page.waitForTimeout(400)
  await gesture.after?.()
  return answer
}

/** Measures one gesture on all pages by turns; gives the median of the first one in milliseconds. */
async function compare(benches: readonly Bench[], name: string): Promise<number> {
  const answers = benches.map((): Answer[] => [])
  for (let run = 0; run < runs; run++) {
    for (const [index, bench] of benches.entries()) {
      // A page in the background draws nothing.
      await bench.page.bringToFront()
      answers[index]!.push(await measure(bench, gestures(bench.page, run)[name]!))
    }
  }
  const medians = answers.map((all) => ({
    wall: median(all.map(({ wall }) => wall)),
    processor: median(all.map(({ processor }) => processor)),
    worst: Math.max(...all.map(({ wall }) => wall))
  }))
  const figures = medians.map(
    ({ wall, processor, worst }, index) =>
      `${benches[index]!.name} ${wall.toFixed(0)} ms (worst ${worst.toFixed(0)}), processor ${processor.toFixed(0)} ms`
  )
  const [now, before] = medians
  const ratio =
    before === undefined
      ? ''
      : `; now/before ${(now!.wall / before.wall).toFixed(2)}, processor ${(now!.processor / before.processor).toFixed(2)}`
  console.log(`${name}: ${figures.join('; ')}${ratio}`)
  return now!.wall
}

async function main(): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), 'lathe-bench-'))
  const file = join(temporary, 'results.json')
  writeFileSync(file, JSON.stringify(syntheticStudy()))
  const builds = { now: folder, ...(folderBefore === undefined ? {} : { before: resolve(folderBefore) }) }
  const browser = await chromium.launch({ executablePath })
  const servers: { close: () => void }[] = []
  try {
    const benches: Bench[] = []
    for (const [name, built] of Object.entries(builds)) {
      const server = await serve(built)
      servers.push(server)
      benches.push(await open(browser, name, server.address, file))
    }
    let slowest = 0
    for (const name of Object.keys(gestures(benches[0]!.page, 0))) {
      slowest = Math.max(slowest, await compare(benches, name))
    }
    if (slowest > limitMilliseconds) {
      console.log(`The slowest median is above ${limitMilliseconds} ms.`)
      process.exitCode = 1
    }
  } finally {
    await browser.close()
    for (const server of servers) server.close()
    rmSync(temporary, { recursive: true })
  }
}

await main()
