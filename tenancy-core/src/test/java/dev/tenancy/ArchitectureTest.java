package dev.tenancy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.tenancy", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule coreKnowsNothingOfSpringOrServlets = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.springframework..", "jakarta.servlet..", "dev.tenancy.jwt..", "dev.tenancy.spring..");

    // A second holder would be a second truth about who the tenant is.
    @ArchTest
    static final ArchRule onlyOneClassHoldsTheTenant = noClasses()
            .that()
            .haveNameNotMatching("dev\\.tenancy\\.CurrentTenant(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ThreadLocal.class);
}
