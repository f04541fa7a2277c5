/**
 * The built workbench in a real browser: `lathe serve` on a workspace of its own, and pages that are not allowed to report
 * errors.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest'
import { findChromium } from '../helpers/find-chromium'
import { runCli } from '../helpers/run-cli'
import { serveWorkbench, type ServedWorkbench } from '../helpers/serve-workbench'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import { writeTinyStudy, type TinyStudy, type TinyStudyOptions } from '../helpers/tiny-study'

const repositoryRoot = resolve(import.meta.dirname, '../..')
/** Real models and speech; absent in most places. */
export const realFolder = resolve(repositoryRoot, '../shared/real')
const failuresFolder = join(repositoryRoot, 'out/e2e-failures')
const browserPath = findChromium()

/** A group of tests that is skipped, and says so, where there is no browser. */
export const describeInBrowser = (name: string, body: () => void): void => {
  describe.skipIf(browserPath === undefined)(`${name} (needs Chromium: set CHROMIUM, or install it)`, body)
}

export interface WorkbenchSetup {
  /** Whether the tiny study has been run in the workspace before the page opens. */
  readonly withFinishedStudy?: boolean
  /** What the tiny study is made of. */
  readonly study?: TinyStudyOptions
}

export interface PageOptions extends Pick<
  BrowserContextOptions,
  'viewport' | 'colorScheme' | 'reducedMotion' | 'locale'
> {
  /** Messages of the browser that the test brings about itself. */
  readonly expectedErrors?: RegExp
  /** What the page does before it loads anything. */
  readonly prepare?: (page: Page) => Promise<void>
  /** Another address than the one that the server printed. */
  readonly address?: string
}

export interface WorkbenchGround {
  /** The folder that the page may open files from: model, data and recipe of the tiny study. */
  readonly study: TinyStudy
  readonly server: ServedWorkbench
  /** A new page with storage of its own, on the address with the token, when it has loaded. */
  openPage(options?: PageOptions): Promise<Page>
  /** Kills the server, unless it is gone, and starts it again on the same port and workspace. */
  restart(): Promise<void>
}

/** Starts server and browser once for the tests of a group; call inside `describeInBrowser`. Returns how to get them. */
export function useWorkbench({
  withFinishedStudy = false,
  study: made = {}
}: WorkbenchSetup = {}): () => WorkbenchGround {
  const folder = useSharedTemporaryFolder()
  let browser: Browser
  let study: TinyStudy
  let server: ServedWorkbench
  let opened: { readonly page: Page; readonly errors: string[] }[] = []

  const serve = (port: number) =>
    serveWorkbench({
      workspace: study.workspace,
      roots: existsSync(realFolder) ? [study.folder, realFolder] : [study.folder],
      port
    })

  beforeAll(async () => {
    study = writeTinyStudy(join(folder(), 'study'), made)
    if (withFinishedStudy) {
      const ran = await runCli(['study', 'run', study.recipe, '--workspace', study.workspace])
      expect(ran.code, ran.stderr).toBe(0)
    }
    server = await serve(0)
    browser = await chromium.launch({ executablePath: browserPath! })
  })
  afterAll(async () => {
    await browser.close()
    await server.end()
  })
  beforeEach(() => {
    opened = []
  })
  afterEach(async ({ task }) => {
    const pages = opened
    if (task.result?.state === 'fail') await photograph(task.name, pages)
    await Promise.all(pages.map(({ page }) => page.context().close()))
    expect(
      pages.flatMap(({ errors }) => errors),
      'errors that the page reported'
    ).toEqual([])
  })

  async function openPage({ expectedErrors, prepare, address, ...look }: PageOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...look })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    const errors: string[] = []
    const report = (text: string) => {
      if (expectedErrors?.test(text) !== true) errors.push(text)
    }
    page.on('pageerror', (error) => {
      report(`page error: ${error.stack ?? error.message}`)
    })
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        report(`console ${message.type()}: ${message.text()} (${message.location().url})`)
      }
    })
    opened.push({ page, errors })
    await prepare?.(page)
    await page.goto(address ?? server.url.href)
    return page
  }

  return () => ({
    study,
    server,
    openPage,
    async restart() {
      const { port } = server.url
      await server.end('SIGKILL')
      server = await serve(Number(port))
    }
  })
}

async function photograph(name: string, pages: readonly { readonly page: Page }[]): Promise<void> {
  mkdirSync(failuresFolder, { recursive: true })
  const file = name.replaceAll(/[^\w-]+/g, '-')
  for (const [place, { page }] of pages.entries()) {
    // The page may be what broke; a test that failed says more than one that cannot be photographed.
    await page.screenshot({ path: join(failuresFolder, `${file}-${place}.png`) }).catch(() => undefined)
  }
}

/** The views by the names of their links, in order. */
export const viewNames = [
  'Library',
  'Inspect',
  'Study',
  'Training',
  'Trade-off',
  'Ablation',
  'Compare',
  'Jobs',
  'Export'
] as const

/** The link of a view in the sidebar. */
export const viewLink = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true })

/** Waits until a view is the one that is shown, and all that it loads has come. */
export async function waitForView(page: Page, name: string): Promise<void> {
  await page.locator(`nav a[aria-current="page"][title="${name}"]`).waitFor({ state: 'attached' })
  await page.locator('main > *').first().waitFor({ state: 'attached' })
  await page.waitForLoadState('networkidle')
}

// What runs in the page is given as text: these files are compiled without the DOM, as the rest of what runs on Node.

/** Moves the focus with Tab to the link of a view. */
export async function focusViewLink(page: Page, name: string): Promise<void> {
  const wanted = `document.activeElement?.matches('nav a') && document.activeElement.title === ${JSON.stringify(name)}`
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate<boolean>(wanted)) return
  }
  throw new Error(`Sixty presses of Tab did not reach the link '${name}'.`)
}

/** How many pixels the page, or the part of it that scrolls, is wider than what is seen of it. */
export const sidewaysOverflow = (page: Page) =>
  page.evaluate<number>(
    `Math.max(...[document.documentElement, document.querySelector('main')].map(
      (element) => element === null ? 0 : element.scrollWidth - element.clientWidth))`
  )

/** Goes to an address inside the page, as a link would. */
export const goToPlace = (page: Page, place: string) =>
  page.evaluate(`window.location.hash = ${JSON.stringify(place)}`)

/** Drops a file or folder of this computer on the middle of the page, as the system does when a hand lets it go there. */
export async function dropPath(page: Page, path: string): Promise<void> {
  const { width, height } = page.viewportSize()!
  const devtools = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', {
      type,
      x: width / 2,
      y: height / 2,
      // 1: to copy.
      data: { items: [], files: [path], dragOperationsMask: 1 }
    })
    // A drop on a page that has not yet said what it does with what is held over it is none.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
  }
  await devtools.detach()
}
