/**
 * What a layout found. One rule for all of them: what contradicts itself (a malformed line, an id twice) is an error;
 * what is incomplete (a transcript without audio, audio without a transcript) is left out and listed, because half a
 * download is still a data set, but never silently a smaller one.
 *
 * In JSON an empty string is a transcript: nothing was said. In tables and Kaldi's text files it cannot be told from
 * one that is missing, and is left out.
 */
import { WorkbenchError } from '@contract/errors'
import type { Utterance } from './utterance'

export interface DatasetListing {
  /** In the order of the layout's files; at least one. */
  readonly utterances: readonly Utterance[]
  readonly excluded: readonly ExcludedUtterance[]
}

/** Something that has an id in the data set but cannot be used. */
export interface ExcludedUtterance {
  readonly id: string
  /** What is missing, as half a sentence: `its audio file a.flac is missing`. */
  readonly reason: string
}

/** Collects a listing; `datasetName` is for messages. */
export class DatasetListingBuilder {
  readonly #datasetName: string
  readonly #utterances: Utterance[] = []
  readonly #excluded: ExcludedUtterance[] = []
  readonly #placeOfId = new Map<string, string>()

  constructor(datasetName: string) {
    this.#datasetName = datasetName
  }

  /**
   * - `where` the place in the data set, worded for the head of a sentence: `Line 3 of text`.
   *
   * @throws WorkbenchError `invalid-input` when the id was added or excluded before.
   */
  add(utterance: Utterance, where: string): void {
    this.#claim(utterance.id, where)
    this.#utterances.push(utterance)
  }

  /** @throws WorkbenchError `invalid-input` when the id was added or excluded before. */
  exclude(id: string, reason: string, where: string): void {
    this.#claim(id, where)
    this.#excluded.push({ id, reason })
  }

  /** @throws WorkbenchError `invalid-input` when no utterance is left, with the first reason. */
  finish(): DatasetListing {
    if (this.#utterances.length > 0) return { utterances: this.#utterances, excluded: this.#excluded }
    const [first] = this.#excluded
    const because =
      first === undefined
        ? ''
        : `: ${this.#excluded.length} left out, the first one '${first.id}' because ${first.reason}`
    throw new WorkbenchError(
      'invalid-input',
      `'${this.#datasetName}' holds no utterances, expected at least one${because}.`
    )
  }

  #claim(id: string, where: string): void {
    const earlier = this.#placeOfId.get(id)
    if (earlier !== undefined) {
      throw new WorkbenchError(
        'invalid-input',
        `${where} repeats the utterance '${id}' (first: ${earlier}); remove one of them.`
      )
    }
    this.#placeOfId.set(id, where)
  }
}
