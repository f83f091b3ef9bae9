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
