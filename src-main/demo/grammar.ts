/**
 * What is said in the demo: short commands over about a hundred words.
 *
 * Many words are easy to confuse on purpose (five and nine, left and lift, red and bed, fifteen and fifty, wall and ball
 * and hall), and in many places the grammar allows either, so that only hearing tells which was said.
 */
import type { Prng } from '../base/prng'

const oneToNine = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'] as const

/**
 * Rules by name. Each alternative is as likely as any other of its rule; a word in angle brackets stands for a rule. A
 * sentence has 2 to 6 words.
 */
const rules = {
  sentence: [
    'turn <switch> the <colour> <device>',
    'switch the <device> <switch>',
    '<begin> the <colour> <device>',
    '<begin> the <device> please',
    'set the <device> to <number>',
    '<change> the <device> by <number>',
    'move <number> <unit> <direction>',
    'turn <side> at the <place>',
    'go <direction> to the <place>',
    'meet me at the <place>',
    'go from <place> to <place>',
    'bring the <colour> <thing> please',
    'put the <thing> in the <place>',
    '<handle> the <colour> <thing>',
    '<handle> the <thing> by the <place>',
    'find <number> <colour> <things>',
    'count <number> <things>',
    'call <digit> <digit> <digit> <digit>',
    'dial <digit> <digit> <digit>',
    '<digit> <digit> <digit> <digit> <digit>',
    'open the <place> <opening>',
    'close the <colour> <opening>',
    '<colour> or <colour>',
    '<place> <number>'
  ],
  number: ['<digit>', '<teen>', '<ten>', '<ten> <small>'],
  small: oneToNine,
  digit: ['zero', ...oneToNine],
  teen: [
    'ten',
    'eleven',
    'twelve',
    'thirteen',
    'fourteen',
    'fifteen',
    'sixteen',
    'seventeen',
    'eighteen',
    'nineteen'
  ],
  ten: ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'],
  unit: ['metres', 'steps', 'miles'],
  switch: ['on', 'off'],
  begin: ['start', 'stop'],
  change: ['raise', 'lower'],
  handle: ['lift', 'leave', 'take', 'make', 'hide'],
  side: ['left', 'right'],
  direction: ['left', 'right', 'up', 'down', 'back', 'forward'],
  colour: ['red', 'green', 'grey', 'blue', 'white', 'black', 'yellow', 'orange', 'pink', 'brown'],
  device: ['lamp', 'light', 'radio', 'heater', 'fan', 'van'],
  thing: ['bed', 'boat', 'coat', 'cup', 'cap', 'ball', 'box', 'book', 'bag'],
  things: ['boats', 'coats', 'cups', 'caps', 'balls', 'books', 'bags'],
  opening: ['door', 'window', 'gate'],
  place: [
    'kitchen',
    'garden',
    'hall',
    'wall',
    'station',
    'market',
    'harbour',
    'bridge',
    'river',
    'school',
    'church',
    'tower',
    'mill',
    'hill',
    'park',
    'dock'
  ]
} as const satisfies Readonly<Record<string, readonly string[]>>

type RuleName = keyof typeof rules

/** Every word that can be said, in the order of the alphabet. */
export const vocabulary: readonly string[] = [
  ...new Set(
    Object.values(rules)
      .flat()
      .flatMap((alternative) => alternative.split(' '))
      .filter((word) => ruleNamed(word) === undefined)
  )
].sort()

/** A sentence of the grammar: words of `vocabulary` with single spaces between them. */
export function randomSentence(prng: Prng): string {
  return expand('sentence', prng)
}

function expand(rule: RuleName, prng: Prng): string {
  const alternatives = rules[rule]
  const chosen = alternatives[prng.integer(alternatives.length)] ?? ''
  return chosen
    .split(' ')
    .map((word) => {
      const name = ruleNamed(word)
      return name === undefined ? word : expand(name, prng)
    })
    .join(' ')
}

function ruleNamed(word: string): RuleName | undefined {
  const name = /^<(\w+)>$/.exec(word)?.[1]
  return name !== undefined && Object.hasOwn(rules, name) ? (name as RuleName) : undefined
}
