/** The form of a training recipe and its text: the recipe with all defaults filled in, written without them. */
import { optimizerSchema, trainingRecipeSchema, type TrainingRecipe } from '@contract/training'
import { formatJson } from './format-json'
import { optional, withoutDefaults } from './recipe-form'

/** A training recipe under way: a member may be empty or out of bounds, which the check of its text then says. */
export type TrainingForm = TrainingRecipe

/** What is known when a draft begins. */
export interface NewTraining {
  readonly name: string
  readonly model?: string | undefined
  readonly trainingSet?: string | undefined
}

const least = trainingRecipeSchema.parse({
  trainingVersion: 1,
  name: '-',
  model: '-',
  trainingSet: '-',
  trainable: ['*'],
  learningRate: 1,
  steps: 1
})
const needed = ['trainingVersion', 'name', 'model', 'trainingSet', 'trainable', 'learningRate', 'steps']
const defaults = optional(least, [...needed, 'optimizer'])

/** A short training of everything, gentle enough for a model that is trained already. */
export function newTraining({ name, model = '', trainingSet = '' }: NewTraining): TrainingForm {
  return {
    ...least,
    name,
    model,
    trainingSet,
    learningRate: 0.0001,
    schedule: { kind: 'cosine', warmupSteps: 10, finalFraction: 0.05 },
    steps: 200,
    evaluateEverySteps: 20,
    checkpointEverySteps: 20
  }
}

/** JSON with short lists on one line, and a line break at its end. */
export function trainingText({ optimizer, ...recipe }: TrainingForm): string {
  const { $schema, trainingVersion, name, description, model, trainingSet, ...others } = recipe
  const { developmentSet, trainable, ...rest } = others
  const usual = optimizerSchema.parse({ kind: optimizer.kind })
  const changed = withoutDefaults(optimizer, optional(usual, ['kind']))
  const isUsual = optimizer.kind === 'adamw' && Object.keys(changed).length === 1
  const first = {
    $schema,
    trainingVersion,
    name,
    description: description === '' ? undefined : description,
    ...{ model, trainingSet, developmentSet, trainable }
  }
  return `${formatJson({
    ...withoutDefaults(first, {}),
    // Which of them it is about has to be said where anything is.
    ...(isUsual ? {} : { optimizer: changed }),
    ...withoutDefaults(rest, defaults)
  })}\n`
}
