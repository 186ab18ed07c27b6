import numpy as np

from pose_ros.training.regression import fit_logistic, log_odds


def drawn(weights, count=20_000, seed=0):
    rng = np.random.default_rng(seed)
    features = np.column_stack([np.ones(count), rng.normal(size=(count, len(weights) - 1))])
    return features, rng.random(count) < 1 / (1 + np.exp(-features @ weights))


def test_the_weights_that_made_the_data_are_found():
    weights = np.array([-1.0, 2.0, 0.5])
    np.testing.assert_allclose(fit_logistic(*drawn(weights)), weights, atol=0.1)


def test_the_mean_of_the_chances_is_the_share_of_what_is_true():
    features, is_true = drawn(np.array([-2.0, 1.0]))
    chance = 1 / (1 + np.exp(-features @ fit_logistic(features, is_true)))
    assert abs(chance.mean() - is_true.mean()) < 1e-4


def test_data_without_error_or_without_anything_gives_finite_weights():
    features = np.column_stack([np.ones(100), np.linspace(-1, 1, 100)])
    assert np.isfinite(fit_logistic(features, features[:, 1] > 0)).all()
    assert np.isfinite(fit_logistic(features, np.ones(100, bool))).all()
    np.testing.assert_array_equal(fit_logistic(np.zeros((0, 3)), np.zeros(0, bool)), np.zeros(3))


def test_odds_of_nothing_are_even_and_of_never_are_finite():
    np.testing.assert_allclose(log_odds(np.array([0, 5, 0]), np.array([0, 10, 998])), [0, 0, -np.log(999)])
