/** The spec that the documentation shows. */
export const EXAMPLE = `# eight by eight, output stationary
array os8 {
  size 8 x 8 x 64                  # N1 x N2 x N3
  projection output_stationary
  types a: int8, b: int8, c: int32
  fault_slots 4
}
array hex {
  size 4 x 4 x 4
  projection [[-1, 1, 0], [0, -1, 1], [1, 1, 1]]
  types a: uint8, b: int8, c: int32
  fault_slots 2
  multiplier_stages 1
}
fault weak: stuck_at_1 bit 5 of c at (1, 1)
fault upset: flip bits 0x11 of a at (2, 3) cycles >3<=9
`;

/** What EXAMPLE does not have; the path starts from the folder of this repository. */
export const MORE = `array stages {
  size 4 x 4 x 4
  projection [[1, 0, 0], [0, 1, 0], [1, 1, 4]]
  types a: bfloat16, b: bfloat16
  multiplier_stages 2
  adder_stages 4
}
array own {
  size 4 x 4 x 4
  projection output_stationary
  types a: int8, b: int8, c: int8 wrap
  multiplier "examples/operators/truncated_multiplier"
}
`;

/** A campaign with every statement, beside its array. */
export const CAMPAIGN = `array os4 {
  size 4 x 4 x 4
  projection output_stationary
  types a: int8, b: int8
}
campaign every_statement {
  array os4
  model "lenet.onnx"
  data input "x" "images.gz" preprocess "nchw, scale 1/255"
  data input shift "shift.npy"
  labels "labels.gz"
  images 100 random
  layers "conv1", conv2
  lowering direct
  channels 0, 3, 5
  kinds stuck_at_1, flip, set to 0x0f
  nodes a, b, c
  bits 0 to 7, 31, mask 0x3
  pes (1, 1) to (3, 3), (4, 4)
  window transient
  sample margin 2.5 % p 20 % each
  strata pe, bit
  confidence 99.9 %
  outcomes confidence_change 5 %, 50 %
  seed 7
}
`;

/** An array whose statements are all right, to put beside a mistake. */
export const GOOD = 'size 8 x 8 x 64; projection output_stationary; types a: int8, b: int8';
