/** Makes a part of the demo's speech with espeak-ng, and with flac where the files are to be small. */
import { join } from 'node:path'
import type { DemoSpeechSummary } from '@contract/demo-speech'
import { encodeWav } from '@contract/wav'
import { throwIfCancelled } from '../../base/abort'
import { decodeSynthesized, demoSampleRateHz, renderUtterance } from '../../demo/render-utterance'
import { espeakArguments, speakerName } from '../../demo/speakers'
import { planSpeech, type PlannedUtterance } from '../../demo/speech-plan'
import { sha256Bytes, writeFile } from '../../workspace/files'
import type { DemoSpeechParams } from '../protocol'
import { runProgram, type Program } from '../run-program'
import type { JobContext } from '../serve'

const espeak: Program = {
  name: 'espeak-ng',
  remedy: "install espeak-ng 1.51 (Debian and Ubuntu: 'apt-get install espeak-ng')"
}
const flac: Program = {
  name: 'flac',
  remedy: "install flac (Debian and Ubuntu: 'apt-get install flac')"
}

/** The version that made the files in resources/demo. Another one speaks differently. */
const committedSynthesizer = '1.51'

/** Digits of a recording's SHA-256 that are kept: 64 bits tell a few thousand recordings apart. */
const hashDigits = 16

const text = new TextDecoder()
const bytesOf = (content: string) => new TextEncoder().encode(content)

/**
 * Writes the part's recordings to a folder of its name, then beside it the manifest, say `evaluation.jsonl`, whose presence says
 * that the set is complete. A training set also gets `training-set.json`, by which anybody can check that a recording was not
 * in it.
 *
 * Same seed and same espeak-ng, same sound.
 *
 * @throws WorkbenchError `not-found` when espeak-ng or flac is missing, `cancelled`.
 */
export async function makeDemoSpeech(
  { part, seed, outputFolder, utterances: count }: DemoSpeechParams,
  context: JobContext
): Promise<DemoSpeechSummary> {
  const version = text.decode(await runProgram(espeak, ['--version']))
  // What follows is a folder of this machine.
  const synthesizer = version.replace(/\s*Data at:[^]*$/, '').trim()
  const isCompressed = part !== 'training'
  if (isCompressed) await runProgram(flac, ['--version'])
  const plan = planSpeech(part, seed, count)
  const lines: string[] = []
  const hashes: string[] = []
  let totalSamples = 0
  for (const [index, planned] of plan.entries()) {
    throwIfCancelled(context.signal)
    const { wav, samples } = await recordUtterance(planned)
    const audioPath = `${planned.id}.${isCompressed ? 'flac' : 'wav'}`
    await writeFile(join(outputFolder, audioPath), isCompressed ? await compress(wav) : wav)
    lines.push(manifestLine(planned, audioPath, samples))
    hashes.push(sha256Bytes(wav).slice(0, hashDigits))
    totalSamples += samples
    context.progress({ stage: `speak ${part}`, completed: index + 1, total: plan.length, unit: 'utterances' })
    await context.breathe()
  }
  const seconds = totalSamples / demoSampleRateHz
  if (part === 'training') {
    const facts = { seed, synthesizer, utterances: plan.length, seconds, audioHashes: hashes }
    await writeFile(join(outputFolder, 'training-set.json'), bytesOf(`${JSON.stringify(facts, null, 2)}\n`))
  }
  const manifestPath = join(outputFolder, `${part}.jsonl`)
  await writeFile(manifestPath, bytesOf(`${lines.join('\n')}\n`))
  return {
    part,
    seed,
    manifestPath,
    utterances: plan.length,
    words: plan.reduce((sum, planned) => sum + planned.text.split(' ').length, 0),
    seconds,
    speakers: new Set(plan.map(({ speaker }) => speakerName(speaker))).size,
    synthesizer,
    warnings: versionWarnings(synthesizer)
  }
}

/** The recording as a WAV file, and how many samples it has. */
async function recordUtterance(
  planned: PlannedUtterance
): Promise<{ readonly wav: Uint8Array<ArrayBuffer>; readonly samples: number }> {
  const spoken = await runProgram(espeak, espeakArguments(planned.speaker, planned.text))
  const samples = await renderUtterance(decodeSynthesized(spoken, planned.id), planned)
  return { wav: encodeWav(samples, demoSampleRateHz), samples: samples.length }
}

function compress(wav: Uint8Array): Promise<Uint8Array> {
  return runProgram(flac, ['--best', '--silent', '--no-padding', '--no-seektable', '--stdout', '-'], wav)
}

/** `noise` and `snr` are no fields of NeMo's; they let errors be sorted by difficulty. */
function manifestLine(planned: PlannedUtterance, audioPath: string, samples: number): string {
  const { speaker, noise } = planned
  return JSON.stringify({
    audio_filepath: audioPath,
    duration: samples / demoSampleRateHz,
    text: planned.text,
    speaker: speakerName(speaker),
    noise: noise.colour,
    snr: Number(noise.signalToNoiseDecibels.toFixed(1))
  })
}

function versionWarnings(synthesizer: string): string[] {
  const version = /\d+(?:\.\d+)+/.exec(synthesizer)?.[0] ?? 'of unknown version'
  if (version === committedSynthesizer) return []
  return [
    `This speech was made with espeak-ng ${version}, the speech in resources/demo with ${committedSynthesizer}: the two are not the same.`
  ]
}
