// Given to the examples of src/text.
export declare const answer: string
export declare const tide: string
export declare const moon: string
export declare const tideWithOneWordChanged: string
