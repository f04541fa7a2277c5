// Pictures of every view of the built workbench at work on the demo, light and dark, for README and docs:
//   npm run build && npm run screenshots -- WORKSPACE [FOLDER]
// WORKSPACE may be new: the demo's study is run in it, and one that cuts its layers one by one; what has been run is not run
// again. The pictures show the latencies of these runs, so the machine should have nothing else to do. FOLDER is
// docs/screenshots unless given. Needs a Chromium (CHROMIUM, or the system's).
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { tmpdir } from 'node:os'
import process from 'node:process'
import { chromium } from 'playwright-core'

const root = resolve(import.meta.dirname, '..')
const [workspace, folder = join(root, 'docs/screenshots')] = process.argv.slice(2)
if (workspace === undefined) {
  process.stderr.write('Say in which workspace to run the demo: npm run screenshots -- WORKSPACE [FOLDER]\n')
  process.exit(2)
}

/** The demo's study on a busy machine. */
const patience = 300_000
/** They are pinned and compared; the last one is exported. */
const tiers = ['baseline', 'int8', 'weight-svd 50%', 'whitened-svd 50%']

const recipePath = join(root, 'resources/recipes/demo.json')
const recipe = JSON.parse(readFileSync(recipePath, 'utf8'))
const [modelPath, calibrationPath, evaluationPath] = [
  recipe.model,
  recipe.calibrationSet,
  recipe.evaluationSet
].map((path) => resolve(dirname(recipePath), path))
const report = await runStudy(recipePath)
// By its id: a workspace may hold an older study of the same name.
const study = report.study.studyId
const layersStudy = await runLayersStudy()
const exported = mkdtempSync(join(tmpdir(), 'lathe-exported-'))
const { server, address } = await serve()
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path && existsSync(path)
)
const browser = await chromium.launch({ executablePath })
mkdirSync(folder, { recursive: true })
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
  page.setDefaultTimeout(patience)
  await page.goto(address)
  await page.getByTitle(/^Workspace /).waitFor()
  await showLibrary(page)
  await showInspect(page)
  await showTradeOff(page)
  await showAblation(page)
  await showCompare(page)
  await showExport(page)
  await showStudyAndJobs(page)
} finally {
  await browser.close()
  server.kill('SIGINT')
  rmSync(exported, { recursive: true })
}

async function showLibrary(page) {
  // The library has entries when these pictures were taken in this workspace before.
  const card = page.getByRole('article', { name: 'demo-conformer' })
  const add = page.getByRole('button', { name: 'Add the demo' })
  await card.or(add).waitFor()
  if (await add.isVisible()) await add.click()
  await card.waitFor()
  await photograph(page, 'library')
}

async function showInspect(page) {
  await go(page, 'inspect', { model: modelPath })
  const layers = page.getByRole('grid', { name: 'Linear layers' })
  await layers.getByRole('row', { name: /fc1/ }).first().click()
  const layer = page.getByRole('region', { name: 'Chosen layer' })
  await layer.getByRole('slider', { name: 'Rank', exact: true }).waitFor()
  await photograph(page, 'inspect')
  await layer.scrollIntoViewIfNeeded()
  await layer.evaluate((element) => element.scrollIntoView({ block: 'end' }))
  await photograph(page, 'inspect-layer')
}

async function showTradeOff(page) {
  await go(page, 'trade-off', { study })
  await page
    .getByRole('img', { name: /^Chart of/ })
    .first()
    .waitFor()
  for (const tier of tiers) {
    await page.getByLabel('Search trials').fill(tier)
    await page.getByRole('button', { name: `Pin ${tier}`, exact: true }).click()
  }
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.locator('main').evaluate((element) => element.scrollTo(0, 0))
  await photograph(page, 'trade-off')
}

async function showAblation(page) {
  await go(page, 'ablation', { study: layersStudy })
  await page.getByRole('heading', { name: 'Sensitivity ranking' }).waitFor()
  await photograph(page, 'ablation')
}

async function showCompare(page) {
  const ids = tiers.map((tier) => report.trials.find(({ name }) => name === tier).trialId)
  await go(page, 'compare', { study, trials: ids.join(',') })
  const list = page.getByRole('listbox', { name: 'Utterances' })
  await list.getByRole('option').nth(1).click()
  await page.getByRole('button', { name: 'Play', exact: true, disabled: false }).waitFor()
  await photograph(page, 'compare')
}

async function showExport(page) {
  const tier = tiers.at(-1)
  await go(page, 'export', { study })
  await page.getByRole('button', { name: 'None', exact: true }).click()
  await page.getByRole('checkbox', { name: `Export ${tier}`, exact: true }).click()
  await page.getByRole('button', { name: 'Choose folder…' }).click()
  const chooser = page.getByRole('dialog')
  await chooser.getByLabel('Places').selectOption(exported)
  await chooser.getByText('This folder is empty.').waitFor()
  await chooser.getByRole('button', { name: 'Choose this folder' }).click()
  await page.getByRole('button', { name: 'Export 1 tier' }).click()
  await page.getByRole('article', { name: tier, exact: true }).getByText('Verified').waitFor()
  await photograph(page, 'export')
}

/** A small study of its own, met while it runs and cancelled then. */
async function showStudyAndJobs(page) {
  await go(page, 'study', { model: modelPath })
  await page.getByLabel('Name', { exact: true }).fill('Smaller for the device')
  await page.getByLabel('Calibration set', { exact: true }).fill(calibrationPath)
  await page.getByLabel('Evaluation set', { exact: true }).fill(evaluationPath)
  await page.getByLabel('Evaluation set', { exact: true }).blur()
  await page.getByText('Estimates, not measurements.').waitFor()
  await photograph(page, 'study')
  await page.getByRole('button', { name: /^Start the study/ }).click()
  await page.getByRole('button', { name: 'Open in Jobs' }).click()
  const job = page.getByRole('article', { name: 'Smaller for the device' }).first()
  await job
    .getByText(/evaluate on/)
    .first()
    .waitFor()
  await job.getByRole('button', { name: /^Log/ }).click()
  await page.waitForTimeout(5000)
  await photograph(page, 'jobs')
  await job.getByRole('button', { name: 'Cancel' }).click()
}

/** One trial for each layer inside a block, cut alone to a quarter of its parameters and heard on the development set. */
async function runLayersStudy() {
  const { layers } = JSON.parse(await lathe('inspect', modelPath, '--json'))
  const plans = layers
    .filter(({ blockIndex }) => blockIndex !== null)
    .map(({ layerId, inFeatures, outFeatures }) => {
      const rank = Math.floor((inFeatures * outFeatures) / (4 * (inFeatures + outFeatures)))
      return { name: `only ${layerId}`, method: 'whitened-svd', ranks: { [layerId]: rank } }
    })
  const scratch = mkdtempSync(join(tmpdir(), 'lathe-layers-'))
  const path = join(scratch, 'layers.json')
  const data = {
    model: modelPath,
    calibrationSet: calibrationPath,
    evaluationSet: join(dirname(evaluationPath), 'development.jsonl')
  }
  writeFileSync(path, JSON.stringify({ recipeVersion: 1, name: 'demo, layer by layer', ...data, plans }))
  const { study: layered } = await runStudy(path)
  rmSync(scratch, { recursive: true })
  return layered.studyId
}

async function runStudy(path) {
  return JSON.parse(await lathe('study', 'run', path, '--workspace', workspace, '--json'))
}

/** Goes to a view as a link would. */
async function go(page, view, about) {
  await page.evaluate(
    (hash) => {
      window.location.hash = hash
    },
    `#/${view}?${new URLSearchParams(about)}`
  )
  await page.locator(`nav a[aria-current="page"][href="#/${view}"]`).waitFor()
}

async function photograph(page, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    await page.mouse.move(640, 4)
    // Charts are drawn anew in the colours of the scheme.
    await page.waitForTimeout(1500)
    await page.evaluate(replacePath, [exported, '/home/you/exports'])
    await page.evaluate(replacePath, [root, '/home/you/lathe'])
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
  }
}

/** Runs in the page: where the pictures were taken is nobody's business. */
function replacePath([path, stranger]) {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const { currentNode: node } = walker
    if (node.data.includes(path)) node.data = node.data.replaceAll(path, stranger)
  }
  for (const field of document.querySelectorAll('input, textarea')) {
    if (field.value.includes(path)) field.value = field.value.replaceAll(path, stranger)
  }
}

function lathe(...args) {
  const child = start(args)
  let printed = ''
  child.stdout.on('data', (text) => (printed += text))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => (code === 0 ? done(printed) : process.exit(code ?? 1)))
  })
}

function serve() {
  const args = ['serve', '--no-open', '--workspace', workspace, '--port', '0']
  const child = start([...args, '--root', exported])
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.stdout.once('data', (line) => done({ server: child, address: String(line).trim() }))
  })
}

function start(args) {
  return spawn(process.execPath, [join(root, 'out/main/cli.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
}
