extension ModelSpec {
    /// Which form loss terms have where the paper (arXiv 2503.11892) and the authors' released model differ.
    public struct Equations: Hashable, Sendable {
        /// `decoupling`, equation 1: the mean of squared cosines (released), or the sum over the modalities of plain ones.
        public internal(set) var decoupling = EquationForm.released
        /// `local_term`, equation 9: the mean over the ordered pairs of modalities (released), or their sum.
        public internal(set) var localTerm = EquationForm.released
        /// `moments`, equation 10: means of squared differences and over pairs (released), or squared norms and the factor
        /// 1/(M(M−1)).
        public internal(set) var moments = EquationForm.released
    }

    public enum EquationForm: String, Hashable, Sendable, CaseIterable {
        case released, paper
    }
}
