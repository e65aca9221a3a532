package timesheets;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import dev.tenancy.test.TenancyRules;

/** The exceptions, with their reasons, stand in {@code archunit_ignore_patterns.txt}. */
@AnalyzeClasses(packages = "timesheets", importOptions = ImportOption.DoNotIncludeTests.class)
class TenancyRulesTest {

    @ArchTest
    static final ArchTests rules = ArchTests.in(TenancyRules.class);
}
