"""Package metadata and the `evo` entry point; build system and tool settings are in pyproject.toml."""

from pathlib import Path

from setuptools import find_packages, setup

setup(
    name="evo-sandbox",
    version="0.1.0",
    description="Does selection for a property realize it? Scenarios, thousands of replicate populations, an interval.",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.11",
    packages=[*find_packages(include=["evo", "evo.*"]), "evo.library"],
    package_dir={"evo.library": "scenarios"},
    package_data={"evo": ["py.typed", "*.pyi"], "evo.library": ["*.toml"], "evo.watch": ["static/*"]},
    install_requires=[  # the lowest versions that pass the tests: make floors
        "click>=8.1",
        "deap>=1.4",
        "diptest>=0.10",
        "filelock>=3.12",
        "matplotlib>=3.8",
        "numba>=0.61",
        "numpy>=1.26",
        "polars>=1.30",
        "pydantic>=2.6",
        "rich>=13",
        "scipy>=1.15",
        "tomli-w>=1.0",
    ],
    extras_require={
        "dask": ["cryptography>=42", "distributed>=2024.1"],
        "lineage": ["tskit>=0.5.8"],
        "watch": ["nicegui>=3.18"],
        "dev": [
            "cma",
            "cryptography>=42",
            "distributed>=2024.1",
            "hypothesis",
            "ipykernel",
            "msprime",
            "mypy",
            "nbclient",
            "nbformat",
            "nicegui>=3.18",
            "playwright",
            "pre-commit",
            "pytest",
            "pytest-xdist",
            "ruff",
            "setuptools",
            "tskit>=0.5.8",
            "wheel",
        ],
    },
    entry_points={"console_scripts": ["evo = evo.__main__:main"]},
)
