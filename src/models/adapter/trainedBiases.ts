/** The biases that an adapter trains, by PEFT's names. */
export const trainedBiases = ['none', 'all', 'lora_only'] as const
export type TrainedBias = (typeof trainedBiases)[number]
