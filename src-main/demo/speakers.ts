/**
 * Who speaks in the demo: an accent and a variant of espeak-ng, at a pitch and a speed. The variant is the person (it sets
 * formants, voicing and intonation), so the parts of the demo share no variant, nor two variants that are copies of each
 * other with small changes (`rob` and `robert`, `Gene` and `Gene2`): those stand in one line below.
 *
 * Left out of espeak-ng 1.51: whispers (`whisper`, `whisperf`, `caleb`), robots and effects (`robosoft` and its seven
 * followers, `UniRobot`, `anikaRobot`, `announcer`, `Demonic`, `RicishayMax` and its two followers, `fast`), and voices whose
 * formants are missing or moved beyond those of people (`AnxiousAndy`, `Andy`, `Lee`, `norbert`, `Tweaky`, `travis`,
 * `kaukovalta`, `boris`, `zac`); `klatt6` sounds exactly as `klatt` does, `Mr serious` has a space in its name.
 */
import type { DemoPart } from '@contract/demo-speech'
import type { Prng } from '../base/prng'

export interface Speaker {
  /** Accent: espeak-ng's name of a voice. */
  readonly voice: string
  /** Person: espeak-ng's name of a variant. */
  readonly variant: string
  /** espeak-ng's scale: 0 to 99, 50 being the variant's own. */
  readonly pitch: number
  readonly wordsPerMinute: number
}

/** Accents, in every part. */
export const voices: readonly string[] = [
  'en-us',
  'en-gb',
  'en-gb-scotland',
  'en-gb-x-rp',
  'en-gb-x-gbclan',
  'en-gb-x-gbcwmd',
  'en-029'
]

/** Persons by part; a line holds one person and the copies of that person. */
const persons: Readonly<Record<DemoPart, readonly string[]>> = {
  training: [
    'Diogo Henrique Hugo michel miguel anika',
    'Mario Michael gustave marcelo',
    'Nguyen m7 m8',
    'Gene Gene2',
    'f2 f5',
    'f4 linda belinda aunty',
    'iven iven2 iven3 iven4',
    'klatt klatt2 klatt3 klatt4 klatt5 adam benjamin',
    'steph steph2 steph3',
    'max paul',
    'Jacky',
    'Marco',
    'Mike m3',
    'croak',
    'grandpa',
    'm1',
    'pablo',
    'sandro',
    'shelby'
  ],
  development: ['f1', 'm2', 'Denis', 'ed'],
  calibration: ['Alicia', 'm5', 'antonio', 'david', 'victor'],
  evaluation: [
    'Alex',
    'Andrea',
    'Annie',
    'Storm',
    'edward edward2',
    'f3',
    'grandma',
    'john',
    'm4',
    'm6',
    'pedro',
    'quincy rob robert'
  ]
}

/** The variants that speak in a part. */
export function variantsOf(part: DemoPart): readonly string[] {
  return persons[part].flatMap((line) => line.split(' '))
}

/** A speaker of `part`: any accent, any of the part's variants, pitch 30 to 70, 140 to 230 words per minute. */
export function randomSpeaker(part: DemoPart, prng: Prng): Speaker {
  const variants = variantsOf(part)
  return {
    voice: voices[prng.integer(voices.length)] ?? '',
    variant: variants[prng.integer(variants.length)] ?? '',
    pitch: 30 + prng.integer(41),
    wordsPerMinute: 140 + prng.integer(91)
  }
}

/** Person and accent, as manifests name a speaker: `f3/en-gb`. */
export function speakerName({ variant, voice }: Speaker): string {
  return `${variant}/${voice}`
}

/** The arguments with which espeak-ng says `text` as this speaker, as a WAV file on its standard output. */
export function espeakArguments({ voice, variant, pitch, wordsPerMinute }: Speaker, text: string): string[] {
  return ['-v', `${voice}+${variant}`, '-p', String(pitch), '-s', String(wordsPerMinute), '--stdout', text]
}
