;; Adds up float32 products: sum f += own[k] * other[f + k * step] for k from 0 to inner - 1, each product rounded, then each sum
;; (IEEE 754, nothing fused), for `count` sums that lie one after the other from `sums` on. All places and steps are in bytes.
;; Sixteen sums go on at a time, then four, then one: each waits for its own last step.
(module
  (memory (export "memory") 1)
  (func (export "addUp")
    (param $own i32) (param $other i32) (param $step i32) (param $inner i32) (param $count i32) (param $sums i32)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128) (local $factor v128) (local $sum f32)
    (local $at i32) (local $end i32) (local $place i32)
    (local.set $end (i32.add (local.get $own) (i32.shl (local.get $inner) (i32.const 2))))
    (block $few_sixteens
      (loop $sixteens
        (br_if $few_sixteens (i32.lt_s (local.get $count) (i32.const 16)))
        (local.set $s0 (v128.load (local.get $sums)))
        (local.set $s1 (v128.load offset=16 (local.get $sums)))
        (local.set $s2 (v128.load offset=32 (local.get $sums)))
        (local.set $s3 (v128.load offset=48 (local.get $sums)))
        (local.set $place (local.get $other))
        (local.set $at (local.get $own))
        (block $done
          (loop $steps
            (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
            (local.set $factor (v128.load32_splat (local.get $at)))
            (local.set $s0
              (f32x4.add (local.get $s0) (f32x4.mul (local.get $factor) (v128.load (local.get $place)))))
            (local.set $s1
              (f32x4.add (local.get $s1) (f32x4.mul (local.get $factor) (v128.load offset=16 (local.get $place)))))
            (local.set $s2
              (f32x4.add (local.get $s2) (f32x4.mul (local.get $factor) (v128.load offset=32 (local.get $place)))))
            (local.set $s3
              (f32x4.add (local.get $s3) (f32x4.mul (local.get $factor) (v128.load offset=48 (local.get $place)))))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (local.set $place (i32.add (local.get $place) (local.get $step)))
            (br $steps)))
        (v128.store (local.get $sums) (local.get $s0))
        (v128.store offset=16 (local.get $sums) (local.get $s1))
        (v128.store offset=32 (local.get $sums) (local.get $s2))
        (v128.store offset=48 (local.get $sums) (local.get $s3))
        (local.set $sums (i32.add (local.get $sums) (i32.const 64)))
        (local.set $other (i32.add (local.get $other) (i32.const 64)))
        (local.set $count (i32.sub (local.get $count) (i32.const 16)))
        (br $sixteens)))
    (block $few_fours
      (loop $fours
        (br_if $few_fours (i32.lt_s (local.get $count) (i32.const 4)))
        (local.set $s0 (v128.load (local.get $sums)))
        (local.set $place (local.get $other))
        (local.set $at (local.get $own))
        (block $done
          (loop $steps
            (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
            (local.set $factor (v128.load32_splat (local.get $at)))
            (local.set $s0
              (f32x4.add (local.get $s0) (f32x4.mul (local.get $factor) (v128.load (local.get $place)))))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (local.set $place (i32.add (local.get $place) (local.get $step)))
            (br $steps)))
        (v128.store (local.get $sums) (local.get $s0))
        (local.set $sums (i32.add (local.get $sums) (i32.const 16)))
        (local.set $other (i32.add (local.get $other) (i32.const 16)))
        (local.set $count (i32.sub (local.get $count) (i32.const 4)))
        (br $fours)))
    (block $none
      (loop $ones
        (br_if $none (i32.eqz (local.get $count)))
        (local.set $sum (f32.load (local.get $sums)))
        (local.set $place (local.get $other))
        (local.set $at (local.get $own))
        (block $done
          (loop $steps
            (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
            (local.set $sum
              (f32.add (local.get $sum) (f32.mul (f32.load (local.get $at)) (f32.load (local.get $place)))))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (local.set $place (i32.add (local.get $place) (local.get $step)))
            (br $steps)))
        (f32.store (local.get $sums) (local.get $sum))
        (local.set $sums (i32.add (local.get $sums) (i32.const 4)))
        (local.set $other (i32.add (local.get $other) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $ones))))

  ;; Adds up one sum past a fault: products of a row of A (from `a` on) and a column of B (from `b` on, `step` bytes apart) up to
  ;; each of the `count` stops, which count steps; there the fault makes (bits AND keep) XOR toggle of the sum. Steps from
  ;; `inner` to `whole` are padding and add +0. Every NaN that is computed is the canonical one. Returns whether the fault
  ;; changed anything, and puts the bits of the sum at `out`.
  (func (export "addPast")
    (param $a i32) (param $b i32) (param $step i32) (param $inner i32) (param $whole i32) (param $stops i32)
    (param $count i32) (param $word i32) (param $keep i32) (param $toggle i32) (param $out i32) (result i32)
    (local $sum f32) (local $made i32) (local $acted i32) (local $at i32) (local $stop i32) (local $end i32)
    (local $met i32) (local $faulty i32)
    (local.set $sum (f32.reinterpret_i32 (local.get $word)))
    (block $ended
      (loop $next
        (local.set $stop (local.get $whole))
        (if (local.get $count) (then (local.set $stop (i32.load (local.get $stops))))
          (else (br_if $ended (i32.eqz (local.get $acted)))))
        (if (i32.lt_s (local.get $at) (local.get $stop))
          (then
            (local.set $made (i32.const 1))
            (local.set $end (local.get $stop))
            (if (i32.gt_s (local.get $end) (local.get $inner)) (then (local.set $end (local.get $inner))))
            (block $added
              (loop $steps
                (br_if $added (i32.ge_s (local.get $at) (local.get $end)))
                (local.set $sum
                  (f32.add (local.get $sum) (f32.mul (f32.load (local.get $a)) (f32.load (local.get $b)))))
                (local.set $a (i32.add (local.get $a) (i32.const 4)))
                (local.set $b (i32.add (local.get $b) (local.get $step)))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br $steps)))
            (if (i32.lt_s (local.get $at) (local.get $stop))
              (then
                (local.set $sum (f32.add (local.get $sum) (f32.const 0)))
                (local.set $at (local.get $stop))))))
        (if (local.get $made)
          (then
            (local.set $word
              (select
                (i32.reinterpret_f32 (local.get $sum))
                (i32.const 0x7fc00000)
                (f32.eq (local.get $sum) (local.get $sum))))
            (local.set $made (i32.const 0))))
        (br_if $ended (i32.eqz (local.get $count)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (local.set $stops (i32.add (local.get $stops) (i32.const 4)))
        (local.set $faulty (i32.xor (i32.and (local.get $word) (local.get $keep)) (local.get $toggle)))
        (if (i32.ne (local.get $faulty) (local.get $word))
          (then
            (local.set $word (local.get $faulty))
            (local.set $sum (f32.reinterpret_i32 (local.get $word)))
            (local.set $acted (i32.const 1))))
        (br $next)))
    (i32.store (local.get $out) (local.get $word))
    (local.get $acted)))
