// Owns quantiles of the distributions that intervals need. Pure functions; knows no flow. Start at gammaQuantile.

/** Two-sided 95 % of the standard normal distribution. */
export const Z95 = 1.959963984540054

/** Coefficients of the Lanczos approximation, g = 7, n = 9 (P. Godfrey, 2001): 15 digits. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const y = x - 1
  let sum = lanczos[0]!
  for (let i = 1; i < 9; i++) sum += lanczos[i]! / (y + i)
  const t = y + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** P(X ≤ x) of a gamma variable of shape `a` and scale 1; by its series below a + 1, by Lentz's continued fraction above. */
export function gammaCumulative(a: number, x: number): number {
  if (x <= 0) return 0
  const front = Math.exp(a * Math.log(x) - x - logGamma(a))
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = 1; n < 1000 && term > sum * 1e-16; n++) {
      term *= x / (a + n)
      sum += term
    }
    return front * sum
  }
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let h = d
  for (let n = 1; n < 1000; n++) {
    const an = -n * (n - a)
    b += 2
    d = 1 / (an * d + b)
    c = b + an / c
    const step = d * c
    h *= step
    if (Math.abs(step - 1) < 1e-15) break
  }
  return 1 - front * h
}

/** P(X ≤ x) of a beta variable: I_x(a, b), by Lentz's continued fraction (Numerical Recipes 6.4). */
export function betaCumulative(a: number, b: number, x: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCumulative(b, a, 1 - x)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  let c = 1
  let d = 1 / (1 - ((a + b) * x) / (a + 1))
  let h = d
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / (1 + even * d)
    c = 1 + even / c
    h *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / (1 + odd * d)
    c = 1 + odd / c
    const step = d * c
    h *= step
    if (Math.abs(step - 1) < 1e-14) break
  }
  return front * h
}

/** From here on counts are as good as normal: the skew that is left moves the ends of 95 % by a hundredth of what is between. */
const MANY = 10_000

/**
 * How many of `n` are to be expected where `c` were met, with confidence `p` that it is not more. 0.025 and 0.975 give a
 * 95 % interval: that of Clopper and Pearson (n infinite: of Garwood) for c = 0, and nearly the mid-P one for many (H. O.
 * Lancaster, JASA 56, 1961). These count all, or half, of the chance of just c; here it is ½ (1 + 1 / (1 + c)) of it. That holds
 * the truth in 93.9 % of cases or more where 1 or more are expected, in 94 to 96 % from 30 on; mid-P goes down to 92.7 %, the
 * exact ones up to 99 %. c and n need not be whole.
 * @param c at least 0
 * @param n at least c; infinite: counts without a bound, Poisson's
 */
export function countQuantile(c: number, n: number, p: number): number {
  const missed = Math.max(0, n - c)
  // From the other side, where it is as exact as what is small there.
  if (missed < c) return n - countQuantile(missed, n, 1 - p)
  if (c === 0 && p <= 0.5) return 0
  const z = normalQuantile(p)
  if (c > MANY) return c + z * Math.sqrt(c * (1 - c / n))
  const isPoisson = n > MANY && c < n * 1e-3
  const size = isPoisson ? 1 : n
  const ways = -logGamma(c + 1) + (isPoisson ? 0 : logGamma(n + 1) - logGamma(missed + 1))
  const part = 0.5 * (1 + 1 / (1 + c))
  const of = p > 0.5 ? 1 - part : part
  // x is Poisson's mean, or the binomial's probability. Wilson and Hilferty's cube is the start.
  const shape = c + 0.5
  let x = Math.max(0.01 * shape, shape * (1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))) ** 3) / size
  if (!isPoisson && x > 0.9) x = 0.9
  let low = 0
  let high = isPoisson ? Number.POSITIVE_INFINITY : 1
  for (let i = 0; i < 100; i++) {
    const chance = Math.exp(ways + c * Math.log(x) + (isPoisson ? -x : missed * Math.log1p(-x)))
    const more = isPoisson ? gammaCumulative(c + 1, x) : betaCumulative(c + 1, missed, x)
    const off = more + of * chance - p
    if (off > 0) high = x
    else low = x
    // Of `more`, and of the chance.
    const slope = (isPoisson ? chance : (chance * missed) / (1 - x)) * (1 - of) + (chance * of * c) / x
    let next = x - off / slope
    if (!(next > low && next < high)) next = high === Number.POSITIVE_INFINITY ? x * 2 : (low + high) / 2
    if (Math.abs(next - x) <= 1e-9 * x) return next * size
    x = next
  }
  return x * size
}

/** The x with P(X ≤ x) = p of a gamma variable of shape `a` > 0 and scale 1. Newton's steps, kept between bounds. */
export function gammaQuantile(a: number, p: number): number {
  // Wilson and Hilferty's cube, for the start.
  const z = normalQuantile(p)
  let x = a * (1 - 1 / (9 * a) + z / (3 * Math.sqrt(a))) ** 3
  if (!(x > 0)) x = Math.exp((Math.log(p) + logGamma(a + 1)) / a)
  let low = 0
  let high = Number.POSITIVE_INFINITY
  for (let n = 0; n < 100; n++) {
    const off = gammaCumulative(a, x) - p
    if (off > 0) high = x
    else low = x
    const density = Math.exp((a - 1) * Math.log(x) - x - logGamma(a))
    let next = x - off / density
    if (!(next > low && next < high)) next = high === Number.POSITIVE_INFINITY ? x * 2 : (low + high) / 2
    if (Math.abs(next - x) <= 1e-12 * x) return next
    x = next
  }
  return x
}

/** Of the standard normal distribution; Acklam's rational approximation, relative error below 1.2e-9. */
export function normalQuantile(p: number): number {
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
  ]
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572]
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ]
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416]
  if (p > 0.5) return -normalQuantile(1 - p)
  const fold = (list: readonly number[], x: number) => list.reduce((sum, k) => sum * x + k, 0)
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p))
    return fold(c, q) / (fold(d, q) * q + 1)
  }
  const q = p - 0.5
  return (fold(a, q * q) * q) / (fold(b, q * q) * q * q + 1)
}

/** Two-sided 95 % of Student's t with `n` degrees of freedom; exact for 1 and 2, else Hill's expansion to 1/n^4 (CACM 396). */
export function student95(n: number): number {
  if (n <= 1) return 12.706204736432095
  if (n <= 2) return 4.302652729911275
  const z = Z95
  const z2 = z * z
  return (
    z +
    (z * (z2 + 1)) / (4 * n) +
    (z * ((5 * z2 + 16) * z2 + 3)) / (96 * n ** 2) +
    (z * (((3 * z2 + 19) * z2 + 17) * z2 - 15)) / (384 * n ** 3) +
    (z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945)) / (92160 * n ** 4)
  )
}
