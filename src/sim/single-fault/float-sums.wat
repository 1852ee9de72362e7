;; Adds up float32 products: sum f += own[k] * other[f * base + k * step] for k from 0 to inner - 1, each product rounded, then each
;; sum (IEEE 754, nothing fused), for `count` sums that lie one after the other from `sums` on. All places and steps are in
;; bytes. Four sums go on at a time: each waits for its own last step.
(module
  (memory (export "memory") 1)
  (func (export "addUp")
    (param $own i32) (param $other i32) (param $base i32) (param $step i32)
    (param $inner i32) (param $count i32) (param $sums i32)
    (local $s0 f32) (local $s1 f32) (local $s2 f32) (local $s3 f32) (local $factor f32)
    (local $at i32) (local $end i32) (local $p0 i32) (local $p1 i32) (local $p2 i32) (local $p3 i32)
    (local.set $end (i32.add (local.get $own) (i32.shl (local.get $inner) (i32.const 2))))
    (block $few
      (loop $fours
        (br_if $few (i32.lt_s (local.get $count) (i32.const 4)))
        (local.set $s0 (f32.load (local.get $sums)))
        (local.set $s1 (f32.load offset=4 (local.get $sums)))
        (local.set $s2 (f32.load offset=8 (local.get $sums)))
        (local.set $s3 (f32.load offset=12 (local.get $sums)))
        (local.set $p0 (local.get $other))
        (local.set $p1 (i32.add (local.get $p0) (local.get $base)))
        (local.set $p2 (i32.add (local.get $p1) (local.get $base)))
        (local.set $p3 (i32.add (local.get $p2) (local.get $base)))
        (local.set $at (local.get $own))
        (block $done
          (loop $steps
            (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
            (local.set $factor (f32.load (local.get $at)))
            (local.set $s0 (f32.add (local.get $s0) (f32.mul (local.get $factor) (f32.load (local.get $p0)))))
            (local.set $s1 (f32.add (local.get $s1) (f32.mul (local.get $factor) (f32.load (local.get $p1)))))
            (local.set $s2 (f32.add (local.get $s2) (f32.mul (local.get $factor) (f32.load (local.get $p2)))))
            (local.set $s3 (f32.add (local.get $s3) (f32.mul (local.get $factor) (f32.load (local.get $p3)))))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (local.set $p0 (i32.add (local.get $p0) (local.get $step)))
            (local.set $p1 (i32.add (local.get $p1) (local.get $step)))
            (local.set $p2 (i32.add (local.get $p2) (local.get $step)))
            (local.set $p3 (i32.add (local.get $p3) (local.get $step)))
            (br $steps)))
        (f32.store (local.get $sums) (local.get $s0))
        (f32.store offset=4 (local.get $sums) (local.get $s1))
        (f32.store offset=8 (local.get $sums) (local.get $s2))
        (f32.store offset=12 (local.get $sums) (local.get $s3))
        (local.set $sums (i32.add (local.get $sums) (i32.const 16)))
        (local.set $other (i32.add (local.get $other) (i32.shl (local.get $base) (i32.const 2))))
        (local.set $count (i32.sub (local.get $count) (i32.const 4)))
        (br $fours)))
    (block $none
      (loop $ones
        (br_if $none (i32.eqz (local.get $count)))
        (local.set $s0 (f32.load (local.get $sums)))
        (local.set $p0 (local.get $other))
        (local.set $at (local.get $own))
        (block $done
          (loop $steps
            (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
            (local.set $s0
              (f32.add (local.get $s0) (f32.mul (f32.load (local.get $at)) (f32.load (local.get $p0)))))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (local.set $p0 (i32.add (local.get $p0) (local.get $step)))
            (br $steps)))
        (f32.store (local.get $sums) (local.get $s0))
        (local.set $sums (i32.add (local.get $sums) (i32.const 4)))
        (local.set $other (i32.add (local.get $other) (local.get $base)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $ones)))))
