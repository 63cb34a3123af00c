/** Which biases an adapter trains; named as in PEFT. */
export const trainedBiases = ['none', 'all', 'lora_only'] as const
export type TrainedBias = (typeof trainedBiases)[number]
